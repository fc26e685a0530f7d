import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { type Engine, ExpectedError } from '@trainyard/contracts'
import type { TensorFlowBinding } from './binding.ts'
import { createRuntime, type Runtime } from './runtime.ts'

const PACKAGE = '@tensorflow/tfjs-node-gpu'
const BINDING = 'lib/napi-v8/tfjs_binding.node'
/** Written by `npm run setup` beside a binding that it compiled itself. */
const MARKER = 'trainyard-engine.json'

export class EngineUnavailableError extends ExpectedError {
  constructor(tried: string[], options?: ErrorOptions) {
    super('ENGINE_UNAVAILABLE', `TensorFlow cannot be loaded. Run \`npm run setup\`. Tried: ${tried.join('; ')}`, options)
  }
}

export interface LoadedEngine {
  engine: Engine
  tf: Runtime
}

/**
 * Loads TensorFlow into this process: the binding compiled by `npm run setup`, or else the package's own prebuilt one; both lie in the same
 * place. `env` is the process's environment: TensorFlow reads its log level and its use of GPU memory from there.
 */
export function loadEngine(env: NodeJS.ProcessEnv): LoadedEngine {
  env['TF_CPP_MIN_LOG_LEVEL'] ??= '2' // without it TensorFlow prints a banner to every user's terminal
  // TensorFlow's own pool: without it glibc gives every large array back to the kernel and faults its pages in again at the next step.
  // Measured on two cores, an epoch of the notebook's network: 1.75 s without, 1.18 s with it.
  env['TF_CPU_ALLOCATOR_USE_BFC'] ??= 'true'
  env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true' // without it one trainer takes all of a GPU's memory
  const require = createRequire(import.meta.url)
  const folder = packageFolder(require)
  const built = existsSync(path.join(folder, MARKER))
  const name = built ? 'native' : 'prebuilt'
  const file = path.join(folder, BINDING)
  const which = built ? 'the binding that setup compiled' : 'the package’s own prebuilt binding'
  if (!existsSync(file)) throw new EngineUnavailableError([`${which}: ${BINDING} is not in ${PACKAGE}`])
  const binding = loadBinding(() => require(file), which)
  const gpu = binding.isUsingGpuDevice()
  const threads = os.availableParallelism()
  const device = gpu ? 'GPU' : `CPU: ${os.cpus()[0]?.model.trim() ?? process.arch}`
  return { engine: { name, version: binding.TF_Version, device, threads }, tf: createRuntime(binding) }
}

function packageFolder(require: NodeJS.Require): string {
  try {
    return path.dirname(require.resolve(`${PACKAGE}/package.json`))
  } catch (error) {
    throw new EngineUnavailableError([`${PACKAGE} is not installed`], { cause: error })
  }
}

function loadBinding(load: () => TensorFlowBinding, which: string): TensorFlowBinding {
  try {
    return load()
  } catch (error) {
    throw new EngineUnavailableError([`${which}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`], {
      cause: error,
    })
  }
}
