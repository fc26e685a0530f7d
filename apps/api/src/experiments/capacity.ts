import { CONFIG_VERSION, ExpectedError, type WorkerInfo } from '@trainyard/contracts'
import { serving } from '@trainyard/jobs'

const MIB = 2 ** 20

class NetworkTooLargeError extends ExpectedError {
  constructor({ what, neededBytes, largestBytes, whose }: { what: string; neededBytes: number; largestBytes: number; whose: string }) {
    const [needed, largest] = [Math.ceil(neededBytes / MIB), Math.floor(largestBytes / MIB)]
    super(
      'NETWORK_TOO_LARGE',
      `${what} needs about ${needed} MiB, but the largest ${whose} has ${largest} MiB; lower width, depth, imageSize or batchSize`,
    )
  }
}

/** Refuses what no live worker of the pool can hold; of a pool without workers that is unknown, and only a warning. */
export function checkCapacity({
  memoryBytes,
  pool,
  workers,
}: {
  memoryBytes: number
  pool: string
  workers: readonly WorkerInfo[]
}): string[] {
  const able = serving(workers, pool)
  if (able.length === 0) {
    const isOlder = workers.some(({ pools, configVersion }) => pools.includes(pool) && configVersion < CONFIG_VERSION)
    if (isOlder) return [`Only workers of an older version serve pool ${pool}; the experiment waits until a newer one starts`]
    return [`No live worker serves pool ${pool}; the experiment waits until one starts`]
  }
  const largestBytes = Math.max(...able.map((worker) => worker.memoryBytes))
  if (memoryBytes > largestBytes)
    throw new NetworkTooLargeError({ what: 'Training', neededBytes: memoryBytes, largestBytes, whose: `worker of pool ${pool}` })
  return []
}

/** Refuses a probe that no live worker can hold; every worker takes probes, whatever its pools. */
export function checkProbeCapacity({ memoryBytes, workers }: { memoryBytes: number; workers: readonly WorkerInfo[] }): void {
  const able = workers.filter(({ draining }) => !draining)
  const largestBytes = Math.max(...able.map((worker) => worker.memoryBytes))
  if (able.length === 0 || memoryBytes <= largestBytes) return
  throw new NetworkTooLargeError({ what: 'The probe', neededBytes: memoryBytes, largestBytes, whose: 'live worker' })
}
