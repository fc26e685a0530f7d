import { AttemptOutcome, ExperimentState, StateReason } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { DEFAULT_PREFIX, keysOf, queueOf } from '../redis/keys.ts'
import { EPOCH_BOUNDS, WAIT_BOUNDS } from './histogram-bounds.ts'
import { withRedisErrors } from '../redis/redis-errors.ts'

export interface Histogram {
  /** How many took at most `bound` seconds; the last bound is Infinity. */
  buckets: readonly { bound: number; count: number }[]
  sum: number
}

/** What the whole fleet holds, and has done since its Redis is there: the same from every API process. */
export interface FleetMetrics {
  experiments: readonly { state: ExperimentState; count: number }[]
  transitions: readonly { state: ExperimentState; reason: StateReason; count: number }[]
  attempts: readonly { outcome: AttemptOutcome; count: number }[]
  /** From entering the queue to being claimed, each time. */
  queueWait: Histogram
  /** Of training, without evaluation. */
  epoch: Histogram
  /** Trained on, in all epochs. */
  images: number
  /** In each queue, for the next free worker. */
  waiting: readonly { pool: string; configVersion: number; count: number }[]
  /** Waiting to be put into BullMQ's queue. */
  outbox: number
  /** That Redis took to answer. */
  redisSeconds: number
}

export function createFleetMetrics({ redis, prefix = DEFAULT_PREFIX }: { redis: Redis; prefix?: string }): () => Promise<FleetMetrics> {
  const keys = keysOf(prefix)
  return () =>
    withRedisErrors(async () => {
      const startedMs = performance.now()
      await redis.ping()
      const redisSeconds = (performance.now() - startedMs) / 1000
      const [counts, outbox, ...held] = await Promise.all([
        redis.hgetall(keys.metrics),
        redis.zcard(keys.outbox),
        ...ExperimentState.options.map((state) => redis.zcard(keys.state(state))),
      ])
      const queues = (await redis.smembers(keys.queues)).toSorted()
      const waiting = await Promise.all(
        queues.map(async (name) => ({ ...queueOf(name), count: await redis.zcard(keys.prioritized(name)) })),
      )
      const countOf = (name: string): number => Number(counts[name] ?? 0)
      return {
        experiments: ExperimentState.options.map((state, i) => ({ state, count: held[i] ?? 0 })),
        transitions: ExperimentState.options.flatMap((state) =>
          StateReason.options
            .map((reason) => ({ state, reason, count: countOf(`transition:${state}:${reason}`) }))
            .filter(({ count }) => count > 0),
        ),
        attempts: AttemptOutcome.options.map((outcome) => ({ outcome, count: countOf(`attempt:${outcome}`) })),
        queueWait: histogramOf('queue-wait', { bounds: WAIT_BOUNDS, countOf }),
        epoch: histogramOf('epoch', { bounds: EPOCH_BOUNDS, countOf }),
        images: countOf('images'),
        waiting,
        outbox,
        redisSeconds,
      }
    })
}

function histogramOf(name: string, { bounds, countOf }: { bounds: readonly number[]; countOf: (name: string) => number }): Histogram {
  let count = 0
  const buckets = [...bounds, Infinity].map((bound) => ({ bound, count: (count += countOf(`${name}:bucket:${bound}`)) }))
  return { buckets, sum: countOf(`${name}:sum`) }
}
