import { type Probe, type ProbeRequest, type ProbeState } from '@trainyard/contracts'
import type { Job } from 'bullmq'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { ProbeNotFoundError } from '../errors.ts'
import { DEFAULT_PREFIX } from '../redis/keys.ts'
import { withRedisErrors } from '../redis/redis-errors.ts'
import { failureFrom } from './request-failure.ts'
import { openRequestJobs, requestId, type Wait } from './request-jobs.ts'
import { PROBES } from './request-kinds.ts'

const ProbeId = z.string().regex(/^[0-9a-f]{24}$/)

/** Every call throws RedisUnavailableError when Redis does not answer. */
export interface ProbeStore {
  /** Queues a probe. An equal request answers the probe that there is already; one that has failed begins from the start. */
  create(request: ProbeRequest): Promise<Probe>
  get(id: string): Promise<Probe>
  /** The probe once it is done, or as it is when the time is over or the signal aborts. */
  waitFor(id: string, wait: Wait): Promise<Probe>
}

/** Probes as the API sees them. They live in BullMQ alone, under an id that their request gives. */
export function createProbeStore({ redis, prefix = DEFAULT_PREFIX }: { redis: Redis; prefix?: string }): ProbeStore {
  const jobs = openRequestJobs(PROBES, { redis, prefix })

  async function get(id: string): Promise<Probe> {
    // Any other text could name a key of BullMQ's own.
    if (!ProbeId.safeParse(id).success) throw new ProbeNotFoundError(id)
    const { state, job } = await jobs.get(id)
    if (!job) throw new ProbeNotFoundError(id)
    return probeFrom({ id, state: stateFrom(state), job })
  }

  async function create(request: ProbeRequest): Promise<Probe> {
    await jobs.refuseWhenFull()
    const id = requestId(request)
    await jobs.add(id, request)
    return get(id)
  }

  async function waitFor(id: string, wait: Wait): Promise<Probe> {
    await jobs.waitUntilDone(id, wait)
    return get(id)
  }

  return {
    create: (request) => withRedisErrors(() => create(request)),
    get: (id) => withRedisErrors(() => get(id)),
    waitFor: (id, wait) => withRedisErrors(() => waitFor(id, wait)),
  }
}

function probeFrom({ id, state, job }: { id: string; state: ProbeState; job: Job<unknown, unknown> }): Probe {
  const isDone = state === 'completed' || state === 'failed'
  return {
    id,
    state,
    request: PROBES.data.parse(job.data),
    fraction: state === 'completed' ? 1 : z.number().min(0).max(1).catch(0).parse(job.progress),
    results: state === 'completed' ? PROBES.answer.parse(job.returnvalue) : [],
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
