import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { errorMessage, ToolError } from '../../process/tool-error.mjs'
import { installedCompilers, withFetchedCompiler } from './compilers.mjs'
import { runCommand } from '../../process/run-command.mjs'

/** @typedef {import('../wheels/fetch-wheel.mjs').SetupContext & { root: string }} BindingContext */

const SOURCES = ['tfjs_backend.cc', 'tfjs_binding.cc']
/** Ours: hands TensorFlow its configuration. */
const CONTEXT_SOURCE = fileURLToPath(new URL('eager-context.cc', import.meta.url))
// The binding lies in lib/napi-v8, and looks for TensorFlow in deps/lib of its package.
const FLAGS = [
  '-std=gnu++17',
  '-O2',
  '-fPIC',
  '-shared',
  '-DNAPI_VERSION=8',
  '-DBUILDING_NODE_EXTENSION',
  '-DTFE_NewContextOptions=TrainyardNewContextOptions',
  '-DTFE_NewContext=TrainyardNewContext',
  '-Wl,-rpath,$ORIGIN/../../deps/lib',
]

/** Changes with what of ours goes into the binding. */
export function bindingKey() {
  return createHash('sha256').update(FLAGS.join(' ')).update(readFileSync(CONTEXT_SOURCE)).digest('hex').slice(0, 12)
}

/**
 * Compiles tfjs-node-gpu's own binding against the engine's libraries, with the first compiler that can.
 * @param {{ engine: string, packageFolder: string, to: string, context: BindingContext }} options
 */
export async function compileBinding({ engine, packageFolder, to, context }) {
  mkdirSync(path.dirname(to), { recursive: true })
  const partial = `${to}.partial`
  const args = [
    ...FLAGS,
    ...['-I', path.join(context.root, 'node_modules', 'node-api-headers', 'include'), '-I', path.join(engine, 'include')],
    ...SOURCES.map((name) => path.join(packageFolder, 'binding', name)),
    CONTEXT_SOURCE,
    // From 2.20 on, TF_NewTensor lives in the framework library: both are linked.
    ...['-o', partial, '-L', path.join(engine, 'lib'), '-ltensorflow', '-ltensorflow_framework'],
  ]
  const tried = []
  for (const compiler of installedCompilers(context.env)) {
    const fault = await compileWith({ compiler, args, context })
    if (fault === null) return rename(partial, to)
    tried.push(fault)
  }
  if (tried.length === 0) tried.push('g++, c++ and clang++ are not installed')
  try {
    const fault = await withFetchedCompiler(context, (compiler) => compileWith({ compiler, args, context }))
    if (fault === null) return await rename(partial, to)
    tried.push(fault)
  } catch (error) {
    tried.push(errorMessage(error))
  }
  throw new ToolError(`no C++ compiler works here (${tried.join('; ')}): install one, on Debian with apt-get install g++`)
}

/**
 * @param {{ compiler: import('./compilers.mjs').Compiler, args: string[], context: BindingContext }} options
 * @returns {Promise<string | null>} what went wrong
 */
function compileWith({ compiler, args, context: { announce, log } }) {
  const { name, command, env } = compiler
  return announce(`Compiling TensorFlow's binding with ${name}${name === 'zig' ? ', which takes about a minute' : ''}`, async () => {
    const { code, output } = await runCommand({ command, args: [...compiler.args, ...args], env, log })
    if (code === 0) return null
    const line = output.split('\n').find((text) => /error/i.test(text)) ?? output.split('\n')[0]
    return `${name}: ${line?.trim()}`
  })
}
