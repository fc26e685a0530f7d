import { ExpectedError, type WorkerInfo } from '@trainyard/contracts'

const MIB = 2 ** 20

class NetworkTooLargeError extends ExpectedError {
  constructor({ neededBytes, largestBytes, pool }: { neededBytes: number; largestBytes: number; pool: string }) {
    const [needed, largest] = [Math.ceil(neededBytes / MIB), Math.floor(largestBytes / MIB)]
    super(
      'NETWORK_TOO_LARGE',
      `Training needs about ${needed} MiB, but the largest worker of pool ${pool} has ${largest} MiB; lower width, depth, imageSize or batchSize`,
    )
  }
}

/** Refuses what no live worker of the pool could hold. What a pool without workers could hold is not known: that is only a warning. */
export function checkCapacity({
  memoryBytes,
  pool,
  workers,
}: {
  memoryBytes: number
  pool: string
  workers: readonly WorkerInfo[]
}): string[] {
  const serving = workers.filter(({ pools, draining }) => pools.includes(pool) && !draining)
  if (serving.length === 0) return [`No live worker serves pool ${pool}; the experiment waits until one starts`]
  const largestBytes = Math.max(...serving.map((worker) => worker.memoryBytes))
  if (memoryBytes > largestBytes) throw new NetworkTooLargeError({ neededBytes: memoryBytes, largestBytes, pool })
  return []
}
