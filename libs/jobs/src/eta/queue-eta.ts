import { Progress, type WorkerInfo } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { json } from '../redis/hash-fields.ts'
import { keysOf } from '../redis/keys.ts'
import { createDurationEstimates, type Durations, secondsLeft } from './duration-estimates.ts'
import { createWorkerRegistry, serving } from '../workers/worker-registry.ts'
import { CostEstimate } from './cost-estimate.ts'

/** Those before it that are looked at one by one; behind them the mean of these counts. */
const LOOKED_AT = 500
/** One look at the queue serves whatever is read within this time. */
const FRESH_MS = 1000

interface QueuedRun {
  queue: string
  pool: string
  /** In its queue, 0 the next one. */
  rank: number
  /** null: of a version without estimates. */
  forecast: CostEstimate | null
  /** Share of its steps that are done already. */
  done: number
}

/** Seconds until a queued experiment begins and ends; null where no live worker serves the pool, or its work is not known. */
export type QueueEta = (run: QueuedRun) => Promise<{ startsInSeconds: number | null; endsInSeconds: number | null }>

/** The look at one queue: when each of the first ranks begins, and what one behind them adds. */
interface Line {
  begins: readonly number[]
  /** When the next one behind those that were looked at would begin, and how much later each further one. */
  next: number
  each: number
}

/** What a run takes, of which this share of the steps is done. */
type SecondsOf = (forecast: CostEstimate, done: number) => Promise<number>

interface Look {
  atMs: number
  /** null: no live worker serves the pool. */
  seen: Promise<{ line: Line; secondsOf: SecondsOf } | null>
}

/** Estimates a queue by its own order: the next one begins in the slot that is free first. Other pools that the same workers serve are not looked at. */
export function createQueueEta({ redis, prefix }: { redis: Redis; prefix: string }): QueueEta {
  const keys = keysOf(prefix)
  const learned = createDurationEstimates({ redis, prefix })
  const workers = createWorkerRegistry({ redis, prefix })
  const looks = new Map<string, Look>()

  /** At the pace that these workers have now; asked once for each kind of run. */
  function secondsAt(pool: string, able: readonly WorkerInfo[]): SecondsOf {
    const speed = able.find((worker) => worker.speed !== null)?.speed ?? null
    const paces = new Map<string, Promise<Durations>>()
    return async (forecast, done) => {
      const name = `${forecast.kind} ${forecast.epochSeconds}`
      const pace = paces.get(name) ?? learned.of(forecast, { pool, speed })
      paces.set(name, pace)
      return secondsLeft(await pace, { epochs: forecast.epochs, done })
    }
  }

  /** What is left of each of these, in their order; null where it is not known. */
  async function leftOf(ids: readonly string[], secondsOf: SecondsOf): Promise<(number | null)[]> {
    const reads = redis.pipeline()
    for (const id of ids) reads.hmget(keys.record(id), 'forecast', 'progress')
    const found = (await reads.exec()) ?? []
    return Promise.all(
      found.map(async ([, fields]) => {
        const [forecast, progress] = Array.isArray(fields) ? fields : []
        const work = json(CostEstimate).safeParse(forecast)
        const { fraction = 0, etaSeconds = null } = json(Progress).safeParse(progress).data ?? {}
        if (etaSeconds !== null) return etaSeconds
        return work.success ? secondsOf(work.data, fraction) : null
      }),
    )
  }

  async function look({ queue, pool }: { queue: string; pool: string }): Promise<Awaited<Look['seen']>> {
    const able = serving(await workers.list(), pool)
    const slots = able.flatMap((worker) => worker.slots)
    if (slots.length === 0) return null
    const secondsOf = secondsAt(pool, able)
    const waiting = await redis.zrange(keys.prioritized(queue), '0', String(LOOKED_AT - 1))
    const running = slots.flatMap(({ experimentId }) => experimentId ?? [])
    const queued = waiting.map((job) => job.slice(0, job.lastIndexOf('-')))
    const line = simulateQueue({
      running: await leftOf(running, secondsOf),
      ahead: await leftOf(queued, secondsOf),
      slots: slots.length,
    })
    return { line, secondsOf }
  }

  /** At most one look a second for all callers; a failed one is dropped. */
  function lookAt(at: { queue: string; pool: string }): Look {
    const known = looks.get(at.queue)
    if (known && performance.now() - known.atMs < FRESH_MS) return known
    const fresh: Look = { atMs: performance.now(), seen: look(at) }
    looks.set(at.queue, fresh)
    fresh.seen.catch(() => looks.delete(at.queue))
    return fresh
  }

  return async ({ rank, forecast, done, ...at }) => {
    const { atMs, seen } = lookAt(at)
    const found = await seen
    if (!found) return { startsInSeconds: null, endsInSeconds: null }
    const { line, secondsOf } = found
    const begins = line.begins[rank] ?? line.next + (rank - line.begins.length) * line.each
    const startsInSeconds = Math.max(0, begins - (performance.now() - atMs) / 1000)
    return { startsInSeconds, endsInSeconds: forecast && startsInSeconds + (await secondsOf(forecast, done)) }
  }
}

/** The next one takes the slot that is free first. */
export function simulateQueue(options: { running: readonly (number | null)[]; ahead: readonly (number | null)[]; slots: number }): Line {
  const { running, ahead, slots } = options
  const known = [...running, ...ahead].filter((seconds) => seconds !== null)
  const mean = known.length === 0 ? 0 : known.reduce((sum, seconds) => sum + seconds, 0) / known.length
  const freeAt = Array.from({ length: slots }, (_, i) => (i < running.length ? (running[i] ?? mean) : 0))
  const begins = ahead.map((seconds) => {
    const first = freeAt.indexOf(Math.min(...freeAt))
    const begin = freeAt[first] ?? 0
    freeAt[first] = begin + (seconds ?? mean)
    return begin
  })
  return { begins, next: Math.min(...freeAt), each: mean / slots }
}
