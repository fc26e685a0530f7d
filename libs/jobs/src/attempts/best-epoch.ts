import { type Epoch, isBetterEpoch } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { epochFrom } from '../experiments/epoch-json.ts'
import { keysOf } from '../redis/keys.ts'

type Compared = Pick<Epoch, 'epoch' | 'loss' | 'evalAccuracy'>

/** Answers the best of an experiment's own epochs once it has this one. Only the current attempt writes them, so they are read once. */
export function createBestEpoch(options: { redis: Redis; prefix: string; id: string; parentEpochs: number }) {
  const { redis, prefix, id, parentEpochs } = options
  let own: Compared[] | null = null
  return async (result: Compared): Promise<number> => {
    own ??= (await redis.lrange(keysOf(prefix).epochs(id), parentEpochs, -1)).map(epochFrom)
    const place = result.epoch - 1 - parentEpochs
    if (place <= own.length) own[place] = result // behind a gap it is refused
    const best = own.reduce<Compared | null>((found, each) => (isBetterEpoch(each, found) ? each : found), null)
    return (best ?? result).epoch
  }
}
