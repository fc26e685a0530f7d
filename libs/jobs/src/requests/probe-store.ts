import { type Probe, ProbeCell, ProbeRequest, type ProbeState } from '@trainyard/contracts'
import type { Job } from 'bullmq'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { ProbeNotFoundError } from '../errors.ts'
import { DEFAULT_PREFIX, PROBE_QUEUE } from '../redis/keys.ts'
import { createMemoryGuard } from '../redis/memory-guard.ts'
import { failureFrom, openRequestQueue, requestId, waitUntilDone } from './request-queue.ts'
import { reaching } from '../redis/redis-errors.ts'

const ProbeId = z.string().regex(/^[0-9a-f]{24}$/)
/** Whatever is dropped can be had again: the same request gives the same numbers. */
const KEEP = { age: 7 * 24 * 3600, count: 300 }
const JOB_OPTIONS = {
  attempts: 3,
  backoff: { type: 'exponential', delay: 1000 },
  removeOnComplete: KEEP,
  removeOnFail: KEEP,
  stackTraceLimit: 0,
}

/** Every call throws RedisUnavailableError when Redis does not answer. */
export interface ProbeStore {
  /** Queues a probe. An equal request answers the probe that there is already; one that has failed begins anew. */
  create(request: ProbeRequest): Promise<Probe>
  get(id: string): Promise<Probe>
  /** The probe once it is done, or as it is when the time is over or the signal aborts. */
  waitFor(id: string, options: { timeoutMs: number; signal: AbortSignal }): Promise<Probe>
}

/** Probes as the API sees them. They live in BullMQ alone, under an id that their request gives. */
export function createProbeStore({ redis, prefix = DEFAULT_PREFIX }: { redis: Redis; prefix?: string }): ProbeStore {
  const queue = openRequestQueue<ProbeRequest>({ redis, prefix, name: PROBE_QUEUE })
  const refuseWhenFull = createMemoryGuard(redis)

  async function get(id: string): Promise<Probe> {
    // Any other text could name a key of BullMQ's own.
    if (!ProbeId.safeParse(id).success) throw new ProbeNotFoundError(id)
    // The state first: what is completed stays so, and has its results by then.
    const state = stateFrom(await queue.getJobState(id))
    const job = await queue.getJob(id)
    if (!job) throw new ProbeNotFoundError(id)
    return probeFrom({ id, state, job })
  }

  async function create(request: ProbeRequest): Promise<Probe> {
    await refuseWhenFull()
    const id = requestId(request)
    if ((await queue.getJobState(id)) === 'failed') await queue.remove(id)
    await queue.add('probe', request, { ...JOB_OPTIONS, jobId: id })
    return get(id)
  }

  async function waitFor(id: string, options: { timeoutMs: number; signal: AbortSignal }): Promise<Probe> {
    await waitUntilDone(queue, { id, ...options })
    return get(id)
  }

  return {
    create: (request) => reaching(() => create(request)),
    get: (id) => reaching(() => get(id)),
    waitFor: (id, options) => reaching(() => waitFor(id, options)),
  }
}

function probeFrom({ id, state, job }: { id: string; state: ProbeState; job: Job<ProbeRequest, unknown> }): Probe {
  const isDone = state === 'completed' || state === 'failed'
  return {
    id,
    state,
    request: ProbeRequest.parse(job.data),
    fraction: state === 'completed' ? 1 : z.number().min(0).max(1).catch(0).parse(job.progress),
    results: state === 'completed' ? z.array(ProbeCell).parse(job.returnvalue) : [],
    error: state === 'failed' ? failureFrom(job.failedReason) : null,
    createdAt: new Date(job.timestamp).toISOString(),
    finishedAt: isDone && job.finishedOn !== undefined ? new Date(job.finishedOn).toISOString() : null,
  }
}

/** One that waits to be tried again is queued, like any other that waits. */
function stateFrom(queueState: string): ProbeState {
  if (queueState === 'completed' || queueState === 'failed') return queueState
  return queueState === 'active' ? 'running' : 'queued'
}
