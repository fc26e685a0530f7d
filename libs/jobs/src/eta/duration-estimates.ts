import type { TrainingSpeed } from '@trainyard/contracts'
import { speedAt } from '@trainyard/planning'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { keysOf } from '../redis/keys.ts'
import { createScript } from '../lua/create-script.ts'
import type { CostEstimate } from './cost-estimate.ts'

/** Seconds of one run's parts. */
export interface Durations {
  /** From the claim to the first step: decoding, the kernel, the first product. */
  setUpSeconds: number
  /** From one epoch's end to the next one's, with its evaluation. */
  epochSeconds: number
  /** From the last epoch to the end: the model's files. */
  endSeconds: number
}

interface LearnArgs {
  pool: string
  names: readonly string[]
  measured: z.infer<typeof Learned>
}

const Learned = z.object({ setUp: z.coerce.number(), ending: z.coerce.number(), epoch: z.coerce.number() })

export interface DurationEstimates {
  /** What a run of the pool will take: as runs of its kind took, else by the cost model at the pace of others, or of a worker's own measurement. */
  of(forecast: CostEstimate, at: { pool: string; speed: TrainingSpeed | null }): Promise<Durations>
  learn(forecast: CostEstimate, measured: Durations & { pool: string }): Promise<void>
}

/** What experiments have taken, by pool: the cost model knows their proportions, the runs themselves the machines' pace. */
export function createDurationEstimates({ redis, prefix }: { redis: Redis; prefix: string }): DurationEstimates {
  const script = createScript<LearnArgs, 'ok'>({ redis, prefix, name: 'durations/learn', answer: z.literal('ok') })
  const keys = keysOf(prefix)
  const read = async (pool: string, what: string): Promise<z.infer<typeof Learned> | null> =>
    Learned.safeParse(await redis.hgetall(keys.durations(pool, what))).data ?? null

  return {
    async of({ kind, way, width, setUpSeconds, epochSeconds, endSeconds }, { pool, speed }) {
      const [same, similar] = await Promise.all([read(pool, kind), read(pool, way)])
      const logFactor = (same ?? similar)?.epoch ?? Math.log(speed ? speedAt(speed, width)[way] : 1)
      const factor = Math.exp(logFactor)
      return {
        setUpSeconds: same?.setUp ?? factor * setUpSeconds,
        epochSeconds: factor * epochSeconds,
        endSeconds: same?.ending ?? factor * endSeconds,
      }
    },
    async learn({ kind, way, epochSeconds: modelled }, { pool, setUpSeconds, epochSeconds, endSeconds }) {
      const measured = { setUp: setUpSeconds, ending: endSeconds, epoch: Math.log(epochSeconds / modelled) }
      await script({ pool, names: [way, kind], measured })
    },
  }
}

/** What is left of a run of which this share of the steps is done. */
export function secondsLeft(
  { setUpSeconds, epochSeconds, endSeconds }: Durations,
  { epochs, done }: { epochs: number; done: number },
): number {
  return setUpSeconds + (1 - done) * epochs * epochSeconds + endSeconds
}
