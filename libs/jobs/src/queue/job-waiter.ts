import { setTimeout as delay } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { openBlockingConnection } from '../redis/connect-redis.ts'

const BLOCK_MS = 5000
/** The block answers every five seconds, so a connection that is silent for longer is dead, whatever the network reports. */
const SILENT_MS = 10_000
const RETRY_MS = 1000
/** Redis takes what rounds to zero for no end. */
const MIN_BLOCK_MS = 10

export interface JobWaiter {
  /** Resolves when a job may be there to fetch, or the signal aborts. Fetch once before, and after: only a fetch gives a job. */
  wait(signal: AbortSignal): Promise<void>
  close(): void
}

interface JobWaiterOptions {
  redis: Redis
  prefix: string
  queues: readonly string[]
  onError: (error: unknown) => void
}

/**
 * Waits in Redis for jobs of several queues, on one connection for any number of free slots. Each queue has a marker, which BullMQ adds with a job
 * and adds back with every job that is fetched. So one marker wakes one slot, and what that slot leaves wakes the next, here or in another process.
 * A marker that was taken by a process that then ended is missed for the five seconds of a block at most.
 */
export function createJobWaiter({ redis, prefix, queues, onError }: JobWaiterOptions): JobWaiter {
  const markers = queues.map((queue) => `${prefix}:${queue}:marker`)
  const lists = queues.flatMap((queue) => ['wait', 'prioritized', 'delayed'].map((list) => `${prefix}:${queue}:${list}`))
  /** First come, first served. */
  const waiters = new Set<() => void>()
  let connection: Redis | null = null
  let isBlocking = false
  /** When a delayed job becomes due whose marker was taken. */
  let dueAt = Infinity

  async function isJobLikely(blocking: Redis): Promise<boolean> {
    const leftMs = Math.min(BLOCK_MS, dueAt - Date.now())
    const marker = leftMs > 0 ? await blocking.bzpopmin(markers, Math.max(leftMs, MIN_BLOCK_MS) / 1000) : null
    if (marker) dueAt = Math.min(dueAt, Number(marker[2])) // its score: 0, or when the next delayed job is due
    const isDue = dueAt <= Date.now()
    if (isDue) dueAt = Infinity
    return isDue || (!marker && (await blocking.exists(lists)) > 0)
  }

  async function block(): Promise<void> {
    const blocking = (connection ??= openBlockingConnection(redis, { silentMs: SILENT_MS }))
    const isOpen = (): boolean => blocking === connection
    isBlocking = true
    while (waiters.size > 0 && isOpen())
      try {
        const isLikely = await isJobLikely(blocking)
        const [next] = waiters
        if (isLikely) next?.()
      } catch (error) {
        if (!isOpen()) break
        onError(error)
        await delay(RETRY_MS)
      }
    if (isOpen()) isBlocking = false
  }

  function close(): void {
    connection?.disconnect()
    connection = null
    isBlocking = false
  }

  return {
    async wait(signal) {
      if (signal.aborted) return
      const woken = Promise.withResolvers<void>()
      const wake = (): void => {
        waiters.delete(wake)
        woken.resolve()
      }
      const leave = (): void => {
        wake()
        if (waiters.size === 0) close() // what is blocked would take a marker that another process should see
      }
      waiters.add(wake)
      signal.addEventListener('abort', leave, { once: true })
      if (!isBlocking) void block()
      await woken.promise
      signal.removeEventListener('abort', leave)
    },
    close,
  }
}
