import { randomUUID } from 'node:crypto'
import { connectRedis } from '@trainyard/jobs'
import { infoField } from '../../../libs/jobs/src/redis/redis-info.ts'
import { poll } from '@trainyard/testing/inputs/poll'
import { GROUP, LAYER, TINY } from '../cluster/configs.ts'
import type { Rig } from '../cluster/rig.ts'
import type { Scenario } from './scenario.ts'
import { withRig } from '../cluster/with-rig.ts'

type Redis = ReturnType<typeof connectRedis>
/** As many as fit between two looks of the service at Redis's memory. */
const BATCH_SIZE = 50

/** Redis's maxmemory is lowered until what it holds is nearly all, then more than all. */
export const redisFull: Scenario = {
  name: 'redis-full',
  promise: 'Redis at 85 % and at 100 % of its memory: a POST is refused and leaves nothing, what runs ends, and what waits runs afterwards',
  run: (options) =>
    withRig({ ...options, mostLostAttempts: 0, configs: [LAYER, GROUP, TINY] }, async (rig) => {
      const redis = connectRedis(rig.cluster.redis.url, { name: 'limit', whenDown: 'fail' })
      try {
        const running = [await rig.submit(), await rig.submit()]
        await Promise.all(running.map((id) => rig.reaches(id, 10)))
        for (const share of [0.9, 1.1]) {
          // there is room until a moment before, so that some find out only from Redis itself
          await redis.config('SET', 'maxmemory', '0')
          await poll(rig.submit, { timeoutMs: 30_000 })
          await limit(redis, { share })
          await Promise.all(Array.from({ length: BATCH_SIZE }, (_, i) => rig.users.submitOnce({ ...TINY, name: `at ${share}: ${i}` })))
          await poll(() => assertRefuses(rig, `at ${share}`), { timeoutMs: 30_000 })
        }
        await Promise.all(running.map((id) => rig.ended(id)))
        const states = await Promise.all(running.map(async (id) => (await rig.users.client().experiments.get(id)).state))
        rig.hold(
          states.every((state) => state === 'completed'),
          `what ran while Redis was full is ${states.join(', ')}`,
        )
      } finally {
        await redis.config('SET', 'maxmemory', '0')
        redis.disconnect()
      }
    }),
}

/** Its memory is such a share of what it may use. */
async function limit(redis: Redis, { share }: { share: number }): Promise<void> {
  const usedBytes = Number(infoField(await redis.info('memory'), 'used_memory'))
  await redis.config('SET', 'maxmemory', `${Math.floor(usedBytes / share)}`)
}

async function assertRefuses({ users }: Rig, when: string): Promise<void> {
  const { code } = await users.submitOnce({ ...TINY, name: `${when}: ${randomUUID()}` })
  if (code !== 'STORE_FULL') throw new Error(`a POST was answered ${code ?? 'yes'} ${when}`)
}
