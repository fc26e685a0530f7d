import { setTimeout as delay } from 'node:timers/promises'
import { type Job, Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { sha256 } from '../redis/hash.ts'
import { createMemoryGuard } from '../redis/memory-guard.ts'
import type { RequestKind } from './request-kinds.ts'

const POLL_INTERVAL_MS = 100
const ID_LENGTH = 24
/** BullMQ's own events are not read, and each one of a finished job carries its whole result. */
const EVENTS_KEPT = 1
const BACKOFF = { type: 'exponential', delay: 1000 }

export interface Wait {
  timeoutMs: number
  signal: AbortSignal
}

export interface RequestJobs {
  /** Throws StoreFullError while Redis is nearly full. */
  refuseWhenFull(): Promise<void>
  /** Queues a request, unless there is one of this id; one that has failed begins from the start. */
  add(id: string, data: object): Promise<void>
  /** The state first: what is completed stays so, and has its result by then. */
  get(id: string): Promise<{ state: string; job: Job<unknown, unknown> | undefined }>
  /** Resolves when the request is done or gone, the time is over, or the signal aborts: whichever comes first. */
  waitUntilDone(id: string, wait: Wait): Promise<void>
  remove(id: string): Promise<void>
}

/** The requests of one kind as BullMQ holds them. */
export function openRequestJobs(
  { queue: name, isShared, attempts, keep }: Pick<RequestKind<unknown, unknown>, 'queue' | 'isShared' | 'attempts' | 'keep'>,
  { redis, prefix }: { redis: Redis; prefix: string },
): RequestJobs {
  const settings = { connection: redis, prefix, streams: { events: { maxLen: EVENTS_KEPT } } }
  // Every call reports its own failure.
  const queue = new Queue<unknown, unknown>(name, settings).on('error', () => {})
  const options = { attempts, backoff: BACKOFF, removeOnComplete: keep, removeOnFail: keep, stackTraceLimit: 0 }
  return {
    refuseWhenFull: createMemoryGuard(redis),
    async add(id, data) {
      if (isShared && (await queue.getJobState(id)) === 'failed') await queue.remove(id)
      await queue.add('request', data, { ...options, jobId: id })
    },
    async get(id) {
      const state = await queue.getJobState(id)
      return { state, job: await queue.getJob(id) }
    },
    async waitUntilDone(id, { timeoutMs, signal }) {
      const endMs = performance.now() + timeoutMs
      while (!signal.aborted) {
        const leftMs = endMs - performance.now()
        if (leftMs <= 0 || ['completed', 'failed', 'unknown'].includes(await queue.getJobState(id))) return
        await delay(Math.min(POLL_INTERVAL_MS, leftMs), undefined, { signal }).catch(() => {})
      }
    },
    remove: async (id) => void (await queue.remove(id)),
  }
}

/** Equal requests, however their fields were ordered, have one id. */
export function requestId(request: object): string {
  const fields = Object.entries(request).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return sha256(JSON.stringify(fields)).slice(0, ID_LENGTH)
}
