import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { type Engine, EngineSettings, EnvironmentError, errorMessage, ExpectedError, GpuUnavailableError } from '@trainyard/contracts'
import type { TensorFlowBinding } from './engine/binding.ts'
import { queryDriver, brokenLibraries, type DriverFacts, driverLibraryFault, NO_SMI } from './engine/gpu-facts.ts'
import { type GpuFacts, isHidden, NO_GPU_BUILD, visibleGpus, missingGpuReason, unusableGpuReason } from './engine/gpu-fault.ts'
import { memoryLimitConfig } from './engine/memory-limit.ts'
import { enableDeterminism } from './engine/deterministic.ts'
import { createRuntime, type Runtime } from './runtime.ts'

const PACKAGE = '@tensorflow/tfjs-node-gpu'
const BINDING = 'lib/napi-v8/tfjs_binding.node'
/** Written by `npm run setup` beside a binding that it compiled itself. */
const MARKER = 'trainyard-engine.json'
/** Where setup puts NVIDIA's libraries, beside TensorFlow's. */
const NVIDIA = 'deps/lib/../nvidia'

export class EngineUnavailableError extends ExpectedError {
  constructor(tried: string[], options?: ErrorOptions) {
    super('ENGINE_UNAVAILABLE', `TensorFlow cannot be loaded. Run \`npm run setup\`. Tried: ${tried.join('; ')}`, options)
  }
}

const noGpu = (why: string): GpuUnavailableError =>
  new GpuUnavailableError(`No GPU can be used: ${why}. To train on the CPU: --engine cpu, or TRAINYARD_ENGINE=cpu`)

export interface LoadedEngine {
  engine: Engine
  tf: Runtime
}

/**
 * Loads TensorFlow into this process: the binding compiled by `npm run setup`, or else the package's own prebuilt one; both lie in the same
 * place. `env` is the process's environment: TensorFlow reads its log level and its use of GPUs from there, and we TRAINYARD_ENGINE: whether it must use one (`gpu`), must not (`cpu`), or must where the GPU build is installed and the driver lists one (`auto`).
 */
export function loadEngine(env: NodeJS.ProcessEnv): LoadedEngine {
  const settings = EngineSettings.safeParse(env)
  if (!settings.success) throw new EnvironmentError(settings.error)
  const { TRAINYARD_ENGINE: requested, TRAINYARD_GPU_MEMORY_BYTES: limitBytes } = settings.data
  const require = createRequire(import.meta.url)
  const folder = packageFolder(require)
  const flavour = flavourIn(folder)
  env['TF_CPP_MIN_LOG_LEVEL'] ??= '2' // without it TensorFlow prints a banner to every user's terminal
  // TensorFlow's own pool: without it glibc gives every large array back to the kernel and faults its pages in again at the next step.
  // Measured on two cores, an epoch of the notebook's network: 1.75 s without, 1.18 s with it.
  env['TF_CPU_ALLOCATOR_USE_BFC'] ??= 'true'
  enableDeterminism(env)
  if (requested === 'gpu' && flavour === 'cpu') throw noGpu(NO_GPU_BUILD)
  const driver = prepareGpu(env, { requested, flavour, limitBytes })
  const name = flavour === 'prebuilt' ? 'prebuilt' : 'native'
  const file = path.join(folder, BINDING)
  const which = name === 'native' ? 'the binding that setup compiled' : 'the package’s own prebuilt binding'
  if (!existsSync(file)) throw new EngineUnavailableError([`${which}: ${BINDING} is not in ${PACKAGE}`])
  const binding = loadBinding(() => require(file), which)
  const gpu = binding.isUsingGpuDevice()
  const visible = env['CUDA_VISIBLE_DEVICES']
  if (!gpu && flavour !== 'cpu' && (requested === 'gpu' || (driver && hasGpu(driver)))) {
    const facts = { ...(driver ?? queryDriver(env)), flavour, visible, driverLibrary: driverLibraryFault() }
    throw noGpu(missingGpuReason({ ...facts, broken: () => brokenLibraries(path.join(folder, NVIDIA)) }))
  }
  const device = gpu ? `GPU: ${takenGpu(driver, visible)}` : `CPU: ${os.cpus()[0]?.model.trim() ?? process.arch}`
  return { engine: { name, version: binding.TF_Version, device, threads: os.availableParallelism() }, tf: createRuntime(binding) }
}

type Flavour = GpuFacts['flavour'] | 'cpu'
type Preparation = { requested: 'auto' | 'cpu' | 'gpu'; flavour: Flavour; limitBytes: number | undefined }

/** Whether the host has a GPU, as far as a driver that fails lets us know. */
const hasGpu = ({ gpus, smiFailure }: DriverFacts): boolean => gpus.length > 0 || (smiFailure !== null && smiFailure !== NO_SMI)

/** Sets the environment that TensorFlow reads when it is loaded; returns the driver's facts where it was queried. */
function prepareGpu(env: NodeJS.ProcessEnv, { requested, flavour, limitBytes }: Preparation): DriverFacts | null {
  env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true' // without it one trainer takes all of a GPU's memory
  env['CUDA_DEVICE_ORDER'] ??= 'PCI_BUS_ID' // nvidia-smi's, or else an index would mean another GPU here than there
  if (requested === 'cpu') env['CUDA_VISIBLE_DEVICES'] = '-1'
  if (flavour === 'cpu' || isHidden(env['CUDA_VISIBLE_DEVICES'])) return null
  if (limitBytes !== undefined) {
    if (flavour === 'prebuilt') throw noGpu('the prebuilt TensorFlow takes no TRAINYARD_GPU_MEMORY_BYTES: unset it')
    env['TRAINYARD_TENSORFLOW_CONFIG'] = memoryLimitConfig(limitBytes)
  }
  const driver = queryDriver(env)
  // TensorFlow would take memory on each of them, and compute on the last.
  const [first] = driver.gpus
  if (first && driver.gpus.length > 1) env['CUDA_VISIBLE_DEVICES'] ??= first.uuid
  return driver
}

/** The name of the GPU that TensorFlow uses: the last of those that it sees. */
function takenGpu(driver: DriverFacts | null, visible: string | undefined): string {
  const { gpus, version } = driver ?? { gpus: [], version: null }
  const gpu = visibleGpus({ gpus, visible }).at(-1)
  const fault = unusableGpuReason({ gpu, version })
  if (fault !== null) throw noGpu(fault)
  return gpu?.name ?? 'one that nvidia-smi does not list'
}

/** As setup has noted beside the binding. */
function flavourIn(folder: string): Flavour {
  const file = path.join(folder, MARKER)
  return existsSync(file) ? (/"flavour":"gpu"/.test(readFileSync(file, 'utf8')) ? 'gpu' : 'cpu') : 'prebuilt'
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
    throw new EngineUnavailableError([`${which}: ${errorMessage(error).split('\n')[0]}`], {
      cause: error,
    })
  }
}
