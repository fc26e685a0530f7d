import type { Gpu } from '@trainyard/contracts'
import type { GpuList } from './gpu-list.ts'

const INTERVAL_MS = 5000
/** A measure older than this is not shown as if it were now. */
const FRESH_MS = 15_000

export interface GpuReadings {
  /** The GPUs with their newest measures. */
  now(): Gpu[]
  stop(): void
}

/**
 * Measures the GPUs periodically, with one call of the driver under way at a time: one that never returns costs the measures, and delays nothing.
 */
export function startGpuReadings({ gpus, list }: { gpus: readonly Gpu[]; list: () => Promise<GpuList> }): GpuReadings {
  let newest = new Map(gpus.map((gpu) => [gpu.uuid, gpu]))
  let measuredMs = performance.now()
  let isMeasuring = false
  const measure = async (): Promise<void> => {
    if (isMeasuring) return
    isMeasuring = true
    const answer = await list()
    isMeasuring = false
    if (answer.failure !== null) return
    newest = new Map(answer.gpus.map((gpu) => [gpu.uuid, gpu]))
    measuredMs = performance.now()
  }
  const timer = setInterval(() => void measure(), INTERVAL_MS)
  timer.unref()
  return {
    now() {
      const isFresh = performance.now() - measuredMs < FRESH_MS
      return gpus.map((gpu) => (isFresh && newest.get(gpu.uuid)) || unmeasured(gpu))
    },
    stop: () => clearInterval(timer),
  }
}

const unmeasured = (gpu: Gpu): Gpu => ({ ...gpu, memoryUsedBytes: null, utilisation: null, temperatureCelsius: null, powerWatts: null })
