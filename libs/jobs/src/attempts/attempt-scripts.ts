import type { Redis } from 'ioredis'
import { z } from 'zod'
import { createScript } from '../lua/create-script.ts'

export interface Fence {
  id: string
  token: string
}

interface EpochArgs {
  epoch: number
  /** JSON: epoch-json.ts. */
  result: string
  /** Number of the best of its own epochs, this one among them. */
  best: number
  layerHashes: readonly string[]
  /** Epochs of the parent before its own. */
  parentEpochs: number
  /** Of the train split. */
  images: number
  secondsBounds: readonly number[]
}

/** What an attempt may write: each answers 'fenced' to all but the current attempt. */
export const attemptScripts = ({ redis, prefix }: { redis: Redis; prefix: string }) => {
  const writer = <Args>(name: string) =>
    createScript<Fence & Args, 'ok' | 'fenced'>({ redis, prefix, name: `attempts/${name}`, answer: z.enum(['ok', 'fenced']) })
  return {
    started: writer<{ engine: string; datasetHash: string; resumedFromEpoch: number }>('started'),
    progress: writer<{ progress: string }>('progress'),
    batches: writer<{ stepsBefore: number; event: string }>('batches'),
    epoch: writer<EpochArgs>('epoch'),
    layers: writer<{ epoch: number; row: string; event: string }>('layers'),
    model: writer<{ model: string }>('model'),
    log: writer<{ line: string; number: number }>('log'),
    checkpoint: writer<{ epoch: number; checkpoint: string }>('checkpoint'),
  }
}
