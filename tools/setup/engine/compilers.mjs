import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { ToolError } from '../../process/tool-error.mjs'
import { requireFreeSpace } from '../disk-space.mjs'
import { fetchWheel } from '../wheels/fetch-wheel.mjs'
import { onPath } from '../../process/on-path.mjs'
import { COMPILER_WHEELS } from '../wheels/pinned-wheels.mjs'
import { extractZip } from '../wheels/zip.mjs'

const INSTALLED = ['g++', 'c++', 'clang++']
const FETCHED_NEEDS_BYTES = 0.7e9

/**
 * @typedef {object} Compiler
 * @property {string} name
 * @property {string} command
 * @property {string[]} args that come first
 * @property {NodeJS.ProcessEnv} env
 */

/** The C++ compilers of this host. @param {NodeJS.ProcessEnv} env @returns {Compiler[]} */
export function installedCompilers(env) {
  return INSTALLED.flatMap((name) => {
    const command = onPath(name, env)
    return command ? [{ name, command, args: [], env }] : []
  })
}

/**
 * Runs `use` with a compiler that is fetched for this once: it takes 500 MB, and what it compiles is kept.
 * @template T
 * @param {import('../wheels/fetch-wheel.mjs').SetupContext} context
 * @param {(compiler: Compiler) => Promise<T>} use
 */
export async function withFetchedCompiler(context, use) {
  const wheel = COMPILER_WHEELS[process.arch]
  if (!wheel) throw new ToolError(`there is no compiler to fetch for ${process.arch}`)
  requireFreeSpace({ folder: context.cache, bytes: FETCHED_NEEDS_BYTES, purpose: 'The C++ compiler' })
  const file = await fetchWheel(wheel, context)
  const folder = mkdtempSync(path.join(context.cache, 'compiler-'))
  try {
    await context.announce('Unpacking the C++ compiler', (report) =>
      extractZip({
        file,
        target: ({ name }) => path.join(folder, name),
        onBytes: (done, total) => report(`${Math.floor((done / total) * 100)} %`),
      }),
    )
    await rm(file)
    const env = { ...context.env, ZIG_GLOBAL_CACHE_DIR: path.join(folder, 'objects'), ZIG_LOCAL_CACHE_DIR: path.join(folder, 'objects') }
    return await use({ name: 'zig', command: path.join(folder, 'ziglang', 'zig'), args: ['c++'], env })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
