import { matchesGpu } from '@trainyard/contracts'
import type { DriverFacts, ListedGpu } from './gpu-facts.ts'

/** NVIDIA's minor-version compatibility: what was built with any CUDA 12 runs on this driver (CUDA Toolkit Release Notes, table 2). */
const OLDEST_DRIVER = '525.60.13'
/**
 * TensorFlow 2.21 has most of its kernels for Hopper and newer GPUs as PTX of CUDA 12.5 alone, which a driver must compile itself, and only that
 * of CUDA 12.5 or newer can. Counted in its libraries: 1,149 of 1,398 groups of kernels have code for 6.0, 7.0, 8.0 and 8.9, and PTX for 9.0.
 */
const PTX_DRIVER = '555.42.02'
const PTX_FROM_CAPABILITY = 9
const OLDEST_CAPABILITY = 6

const GPU_BUILD_NEEDED = 'needed is the build for GPUs: npm run setup -- --engine gpu'
export const NO_GPU_BUILD = `found TensorFlow's build for CPUs, ${GPU_BUILD_NEEDED}`

export interface GpuFacts extends DriverFacts {
  flavour: 'gpu' | 'prebuilt'
  /** CUDA_VISIBLE_DEVICES as TensorFlow saw it. */
  visible: string | undefined
  /** Why libcuda.so.1 does not load. */
  driverLibrary: string | null
  /** NVIDIA's libraries that do not load, with the reason. Loads them all, so it is asked last. */
  broken: () => readonly string[]
}

/** Why TensorFlow uses no GPU: what was found, and what is needed. */
export function missingGpuReason(facts: GpuFacts): string {
  const { flavour, visible, driverLibrary, version, gpus, smiFailure } = facts
  const gpu = gpus.map(({ index, name }) => `${index}: ${name}`).join(', ')
  if (flavour === 'prebuilt') return `found the package's own prebuilt TensorFlow, ${GPU_BUILD_NEEDED}`
  if (driverLibrary !== null) {
    const rest = version === null ? '' : `, beside the kernel's part of driver ${version}`
    return `found no NVIDIA driver (${driverLibrary}${rest}), needed is ${OLDEST_DRIVER} or newer; in a container, NVIDIA's Container Toolkit and --gpus all`
  }
  if (version !== null && isOlder(version, OLDEST_DRIVER)) return `found NVIDIA driver ${version}, needed is ${OLDEST_DRIVER} or newer`
  if (smiFailure !== null)
    return `found an NVIDIA driver that does not work (${smiFailure}), needed is one that lists its GPUs: reinstall it, or restart after its update`
  if (gpus.length === 0) return `found NVIDIA driver ${version}, which lists no GPU, needed is one`
  if (isHidden(visible)) return `found CUDA_VISIBLE_DEVICES="${visible}", which hides every GPU, needed is one of ${gpu}`
  if (visibleGpus(facts).length === 0)
    return `found CUDA_VISIBLE_DEVICES="${visible}", which names no GPU of this host, needed is one of ${gpu}`
  const old = visibleGpus(facts).filter(({ computeCapability }) => computeCapability !== null && computeCapability < OLDEST_CAPABILITY)
  if (old[0])
    return `found ${old[0].name} of compute capability ${old[0].computeCapability}, needed is ${OLDEST_CAPABILITY}.0 or newer (Pascal)`
  const broken = facts.broken()
  if (broken.length > 0)
    return `found NVIDIA libraries that do not load (${broken.join('; ')}), needed are those that setup fetches: remove the engines in its cache and run npm run setup -- --engine gpu`
  return `found driver ${version}, GPUs ${gpu} and all libraries, and still TensorFlow takes none; with TF_CPP_MIN_LOG_LEVEL=0 it says why`
}

/** Why the GPU that TensorFlow took would fail in the middle of training; null: nothing speaks against it. */
export function unusableGpuReason({ gpu, version }: { gpu: ListedGpu | undefined; version: string | null }): string | null {
  if (!gpu || version === null || (gpu.computeCapability ?? 0) < PTX_FROM_CAPABILITY || !isOlder(version, PTX_DRIVER)) return null
  return `found NVIDIA driver ${version} with ${gpu.name}, needed is ${PTX_DRIVER} or newer for this GPU: TensorFlow's kernels for it are compiled by the driver`
}

/** Whether the variable keeps every GPU from TensorFlow. */
export const isHidden = (visible: string | undefined): boolean => visible !== undefined && /^\s*(-\d.*)?$/.test(visible)

/** The GPUs that CUDA_VISIBLE_DEVICES leaves, in its order: by index or by the beginning of an UUID. */
export function visibleGpus({ visible, gpus }: Pick<GpuFacts, 'visible' | 'gpus'>): ListedGpu[] {
  if (visible === undefined) return [...gpus]
  const names = visible.split(',').map((name) => name.trim())
  return names.flatMap((name) => gpus.find((gpu) => matchesGpu(gpu, name)) ?? [])
}

function isOlder(version: string, than: string): boolean {
  const [parts, wanted] = [version, than].map((text) => text.split('.').map(Number))
  for (const [i, number] of (wanted ?? []).entries()) if ((parts?.[i] ?? 0) !== number) return (parts?.[i] ?? 0) < number
  return false
}
