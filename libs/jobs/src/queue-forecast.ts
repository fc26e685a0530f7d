import { Progress, type TrainingSpeed, type WorkerInfo } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { json } from './hash-fields.ts'
import { keysOf } from './keys.ts'
import { createLearnedPace, type Pace, secondsLeft } from './learned-pace.ts'
import { createWorkerRegistry, serving } from './worker-registry.ts'
import { WorkForecast } from './work-forecast.ts'

/** Those before it that are looked at one by one; behind them the mean of these counts. */
const LOOKED_AT = 500
/** One look at the queue serves whatever is read within so long. */
const FRESH_MS = 1000

/** When what waits in a queue will begin. */
export interface QueueForecast {
  /** Seconds until the experiment at this rank of its queue, 0 the next one, begins; null where no live worker serves the pool. */
  startsInSeconds(at: { queue: string; pool: string; rank: number }): Promise<number | null>
  /** Seconds that a run takes, of which this share of the steps is done already. */
  runSeconds(forecast: WorkForecast, at: { pool: string; done: number }): Promise<number>
}

/** The look at one queue: when each of the first ranks begins, and what one behind them adds. */
interface Line {
  begins: readonly number[]
  /** When the next one behind those that were looked at would begin, and how much later each further one. */
  next: number
  each: number
}

interface Look {
  atMs: number
  /** null: no live worker serves the pool. */
  line: Promise<Line | null>
}

/** Foresees a queue by its own order: the next one begins in the slot that is free first. Other pools that the same workers serve are not looked at. */
export function createQueueForecast({ redis, prefix }: { redis: Redis; prefix: string }): QueueForecast {
  const keys = keysOf(prefix)
  const learned = createLearnedPace({ redis, prefix })
  const workers = createWorkerRegistry({ redis, prefix })
  const looks = new Map<string, Look>()
  const paces = new Map<string, Promise<Pace>>()
  let pacesAtMs = 0

  function paceOf(forecast: WorkForecast, at: { pool: string; speed: TrainingSpeed | null }): Promise<Pace> {
    const name = `${at.pool} ${forecast.kind} ${forecast.epochSeconds}`
    const known = paces.get(name) ?? learned.of(forecast, at)
    paces.set(name, known)
    return known
  }

  async function runSeconds(
    forecast: WorkForecast,
    { pool, done }: { pool: string; done: number },
    speed?: TrainingSpeed | null,
  ): Promise<number> {
    if (performance.now() - pacesAtMs > FRESH_MS) {
      paces.clear()
      pacesAtMs = performance.now()
    }
    const known = speed === undefined ? speedOf(serving(await workers.list(), pool)) : speed
    return secondsLeft(await paceOf(forecast, { pool, speed: known }), { epochs: forecast.epochs, done })
  }

  /** What is left of each of these, in their order; null where it is not known. */
  async function secondsOf(
    ids: readonly string[],
    { pool, speed }: { pool: string; speed: TrainingSpeed | null },
  ): Promise<(number | null)[]> {
    const reads = redis.pipeline()
    for (const id of ids) reads.hmget(keys.record(id), 'forecast', 'progress')
    const found = (await reads.exec()) ?? []
    return Promise.all(
      found.map(async ([, fields]) => {
        const [forecast, progress] = Array.isArray(fields) ? fields : []
        const work = json(WorkForecast).safeParse(forecast)
        const { fraction = 0, etaSeconds = null } = json(Progress).safeParse(progress).data ?? {}
        if (etaSeconds !== null) return etaSeconds
        return work.success ? runSeconds(work.data, { pool, done: fraction }, speed) : null
      }),
    )
  }

  async function look({ queue, pool }: { queue: string; pool: string }): Promise<Line | null> {
    const able = serving(await workers.list(), pool)
    const slots = able.flatMap((worker) => worker.slots)
    if (slots.length === 0) return null
    const speed = speedOf(able)
    const running = await secondsOf(
      slots.flatMap(({ experimentId }) => experimentId ?? []),
      { pool, speed },
    )
    const waiting = await redis.zrange(keys.prioritized(queue), '0', String(LOOKED_AT - 1))
    const ahead = await secondsOf(
      waiting.map((job) => job.slice(0, job.lastIndexOf('-'))),
      { pool, speed },
    )
    return lineUp({ running, ahead, slots: slots.length })
  }

  /** At most one look a second, whoever asks; a failed one is not kept. */
  function lineOf(at: { queue: string; pool: string }): Look {
    const known = looks.get(at.queue)
    if (known && performance.now() - known.atMs < FRESH_MS) return known
    const fresh: Look = { atMs: performance.now(), line: look(at) }
    looks.set(at.queue, fresh)
    fresh.line.catch(() => looks.delete(at.queue))
    return fresh
  }

  async function startsInSeconds({ queue, pool, rank }: { queue: string; pool: string; rank: number }): Promise<number | null> {
    const { atMs, line: looking } = lineOf({ queue, pool })
    const line = await looking
    if (!line) return null
    const begins = line.begins[rank] ?? line.next + (rank - line.begins.length) * line.each
    return Math.max(0, begins - (performance.now() - atMs) / 1000)
  }

  return { startsInSeconds, runSeconds: (forecast, at) => runSeconds(forecast, at) }
}

/** Whoever is next takes the slot that is free first. */
export function lineUp(options: { running: readonly (number | null)[]; ahead: readonly (number | null)[]; slots: number }): Line {
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

const speedOf = (workers: readonly WorkerInfo[]): TrainingSpeed | null => workers.find(({ speed }) => speed !== null)?.speed ?? null
