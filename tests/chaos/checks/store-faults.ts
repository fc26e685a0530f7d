import { isTerminal } from '@trainyard/contracts'
import { connectRedis, createExperimentStore } from '@trainyard/jobs'
import { DEFAULT_PREFIX, keysOf } from '../../../libs/jobs/src/redis/keys.ts'

/** What is half-written in a store where all has ended: a record without its indexes, an index without its record, a lease or a dispatch without an experiment. */
export async function storeFaults(redisUrl: string): Promise<string[]> {
  const redis = connectRedis(redisUrl, { name: 'store-faults', whenDown: 'fail' })
  try {
    const keys = keysOf(DEFAULT_PREFIX)
    const store = createExperimentStore({ redis })
    const indexed = await redis.zrange(keys.all, '0', '-1')
    const records = new Set((await redis.keys(keys.record('*'))).flatMap((key) => key.split(':')[2] ?? []))
    const experiments = await Promise.all(indexed.map((id) => store.get(id)))
    const unindexed = await Promise.all(
      experiments.map(async ({ id, state }) =>
        (await redis.zscore(keys.state(state), id)) === null ? [`${id}: is not among the ${state}`] : [],
      ),
    )
    const leases = await redis.zrange(`${DEFAULT_PREFIX}:leases`, '0', '-1')
    const due = await redis.zrange(keys.outbox, '0', '-1')
    return [
      ...[...records].filter((id) => !indexed.includes(id)).map((id) => `${id}: has keys, and is in no list`),
      ...experiments.filter(({ state }) => !isTerminal(state)).map(({ id, state }) => `${id}: is ${state} when all has ended`),
      ...unindexed.flat(),
      ...leases.map((id) => `${id}: has a lease when all has ended`),
      ...due.map((job) => `${job}: is to be dispatched when all has ended`),
    ]
  } finally {
    redis.disconnect()
  }
}
