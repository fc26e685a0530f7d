import { type Gpu, GpuUnavailableError, matchesGpu } from '@trainyard/contracts'
import type { GpuList } from './gpu-list.ts'
import type { GpuSettings } from '../config.ts'

/** What a process takes of a GPU beside TensorFlow's own memory: CUDA's context, its libraries and their kernels. */
const CONTEXT_BYTES = 2 ** 29

/** Where a trainer trains: the GPU's index, and what its process is started with. */
interface GpuPlace {
  gpu: number
  /** What an experiment may use of the GPU's memory; null where the driver does not report it. */
  memoryBytes: number | null
  env: Record<string, string>
}

export interface GpuPlan {
  gpus: Gpu[]
  places: GpuPlace[]
}

/** A place for each trainer on the GPUs that the worker is to use; null: it uses none. */
export function planGpus(settings: GpuSettings, { gpus: listed, failure }: GpuList): GpuPlan | null {
  if (usesNoGpu(settings)) return null
  const mustUseOne = settings.engine === 'gpu' || settings.gpus !== null
  const why = failure ?? 'the NVIDIA driver lists none'
  if (listed.length === 0 && mustUseOne)
    throw new GpuUnavailableError(
      `This worker finds no GPU: ${why}. It needs NVIDIA's driver, in a container also NVIDIA's Container Toolkit and --gpus all; without GPUs: --engine cpu`,
    )
  const gpus = chosen(settings, listed)
  if (gpus.length === 0 && mustUseOne)
    throw new GpuUnavailableError(
      `CUDA_VISIBLE_DEVICES="${settings.visible}" leaves this worker no GPU of ${describeGpus(listed)}: unset it, or use --engine cpu`,
    )
  if (gpus.length === 0) return null
  if (settings.slotsSet)
    throw new GpuUnavailableError(
      `TRAINYARD_SLOTS counts trainers on the CPU, and this worker uses ${describeGpus(gpus)}: set TRAINYARD_TRAINERS_PER_GPU instead, or --gpus none`,
    )
  return { gpus, places: gpus.flatMap((gpu) => placesOn(gpu, settings)) }
}

/** Whether the driver need not be called. */
export function usesNoGpu({ engine, gpus }: Pick<GpuSettings, 'engine' | 'gpus'>): boolean {
  if (engine === 'cpu' && gpus !== null && gpus !== 'none')
    throw new GpuUnavailableError('TRAINYARD_GPUS (--gpus) and TRAINYARD_ENGINE=cpu (--engine cpu) exclude each other')
  if (engine === 'gpu' && gpus === 'none')
    throw new GpuUnavailableError('TRAINYARD_GPUS=none (--gpus none) and TRAINYARD_ENGINE=gpu (--engine gpu) exclude each other')
  return engine === 'cpu' || gpus === 'none'
}

/** In the order of nvidia-smi's list. A scheduler that lends a job some of a host's GPUs names them in CUDA_VISIBLE_DEVICES. */
function chosen({ gpus, visible }: GpuSettings, listed: Gpu[]): Gpu[] {
  if (Array.isArray(gpus)) {
    const missing = gpus.filter((index) => !listed.some((gpu) => gpu.index === index))
    if (missing.length === 0) return listed.filter(({ index }) => gpus.includes(index))
    throw new GpuUnavailableError(`There is no GPU ${missing.join(', ')} here; there are ${describeGpus(listed)}`)
  }
  if (visible === null) return listed
  const names = visible.split(',').map((name) => name.trim())
  return listed.filter((gpu) => names.some((name) => matchesGpu(gpu, name)))
}

function placesOn({ index, uuid, name, memoryTotalBytes }: Gpu, { trainersPerGpu, gpuMemoryBytes }: GpuSettings): GpuPlace[] {
  const shareBytes = memoryTotalBytes === null ? null : Math.floor(memoryTotalBytes / trainersPerGpu) - CONTEXT_BYTES
  const isShared = trainersPerGpu > 1
  if (isShared && gpuMemoryBytes === null && shareBytes === null)
    throw new GpuUnavailableError(`The driver does not report how much memory GPU ${index} (${name}) has: set TRAINYARD_GPU_MEMORY_BYTES`)
  const memoryBytes = gpuMemoryBytes ?? shareBytes
  if (shareBytes !== null && (shareBytes <= 0 || (memoryBytes ?? 0) > shareBytes))
    throw new GpuUnavailableError(
      `${trainersPerGpu} trainer(s) with ${inGib(gpuMemoryBytes ?? 0)} each do not fit on GPU ${index} (${name}, ${inGib(memoryTotalBytes ?? 0)}), where ` +
        `${inGib(CONTEXT_BYTES)} go to each trainer's CUDA itself: lower TRAINYARD_TRAINERS_PER_GPU or TRAINYARD_GPU_MEMORY_BYTES`,
    )
  const limit = isShared || gpuMemoryBytes !== null ? { TRAINYARD_GPU_MEMORY_BYTES: `${memoryBytes}` } : {}
  const env = {
    CUDA_VISIBLE_DEVICES: uuid,
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    TRAINYARD_ENGINE: 'gpu',
    ...limit,
  }
  return Array.from({ length: trainersPerGpu }, () => ({ gpu: index, memoryBytes, env }))
}

const describeGpus = (gpus: readonly Gpu[]): string => gpus.map(({ index, name }) => `${index} (${name})`).join(', ')
const inGib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`
