import { setTimeout as delay } from 'node:timers/promises'
import { GROUP, LAYER } from '../cluster/configs.ts'
import type { Scenario } from './scenario.ts'
import { withRig } from '../cluster/with-rig.ts'

const AWAY_MS = 30_000

/** No process reaches Redis for longer than a lease lasts: some connections break, others only fall silent. */
export const redisAway: Scenario = {
  name: 'redis-away',
  promise: 'Redis out of reach for 30 s for everyone: no attempt is lost, and points come late but complete',
  run: (options) =>
    withRig({ ...options, mostLostAttempts: 0, configs: [LAYER, GROUP] }, async ({ cluster, draw, submit, reaches, users }) => {
      const ids = [await submit(), await submit()]
      await Promise.all(ids.map((id) => reaches(id, 10)))
      const proxies = [...cluster.apis, ...cluster.workers].map(({ proxy }) => proxy)
      let late: Promise<string> | undefined
      await cluster.whileRedisIsAway(async () => {
        for (const proxy of proxies) {
          if (draw(2) === 0) proxy.cut()
          else proxy.swallow()
        }
        late = users.submit({ ...LAYER, name: 'submitted meanwhile' })
        await delay(AWAY_MS)
        for (const proxy of proxies) proxy.heal()
      })
      await late
    }),
}
