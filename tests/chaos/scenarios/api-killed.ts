import { connectRedis, createExperimentStore } from '@trainyard/jobs'
import { poll } from '@trainyard/testing/inputs/poll'
import { TINY } from '../cluster/configs.ts'
import type { Rig } from '../cluster/rig.ts'
import type { Scenario } from './scenario.ts'
import { withRig } from '../cluster/with-rig.ts'

const SAME_POSTS = 100

/** An API dies when Redis has the experiment and no one else knows of it; and one key comes a hundred times at once. */
export const apiKilled: Scenario = {
  name: 'api-killed',
  promise: 'an API killed between record and queue loses nothing, and the same POST a hundred times at once makes one experiment',
  run: (options) =>
    withRig({ ...options, apis: 2, configs: [TINY] }, async (rig) => {
      const { cluster, users, scale } = rig
      for (let killed = 0; killed < scale.redisKills; killed++) {
        for (const api of cluster.apis.keys()) await killAfterRecord(rig, { api, name: `recorded ${killed} by API ${api}` })
      }
      for (const api of cluster.apis.keys()) await isReady(rig, api)
      const same = { ...TINY, name: 'the same' }
      await Promise.all(Array.from({ length: SAME_POSTS }, () => users.submitOnce(same)))
      await users.submit(same)
    }),
}

/** Nothing that the API sends after the record is written gets out. */
async function killAfterRecord({ cluster, users }: Rig, { api, name }: { api: number; name: string }): Promise<void> {
  const victim = cluster.apis[api]
  if (!victim) return
  await isReady({ users }, api)
  let isSent = false
  victim.proxy.obey(({ from, bytes }) => {
    if (isSent) return 'hold'
    isSent = from === 'client' && bytes.includes(name)
    return 'pass'
  })
  const answered = users.submitOnce({ ...TINY, name }, { api })
  await poll(() => assertRecorded(cluster.redis.url, name), { timeoutMs: 20_000, everyMs: 5 })
  await cluster.kill(victim)
  victim.proxy.heal()
  await answered
  await users.submit({ ...TINY, name })
}

async function isReady({ users }: Pick<Rig, 'users'>, api: number): Promise<void> {
  await poll(() => users.client(api).ready(), { timeoutMs: 60_000 })
}

async function assertRecorded(redisUrl: string, name: string): Promise<void> {
  const redis = connectRedis(redisUrl, { name: 'look', whenDown: 'fail' })
  try {
    const { items } = await createExperimentStore({ redis }).list({ pageSize: 50 })
    if (!items.some((each) => each.name === name)) throw new Error(`${name} is not recorded`)
  } finally {
    redis.disconnect()
  }
}
