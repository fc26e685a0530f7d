import { setTimeout as delay } from 'node:timers/promises'
import { GROUP, LAYER, TINY } from '../cluster/configs.ts'
import type { Rig } from '../cluster/rig.ts'
import type { Scenario } from './scenario.ts'
import { withRig } from '../cluster/with-rig.ts'

const SUBMIT_INTERVAL_MS = 250
const MANY_TINY = Array.from({ length: 20 }, () => TINY)

/** SIGKILL of Redis while experiments run and users submit others without a pause. */
export const redisKilled: Scenario = {
  name: 'redis-killed',
  promise: 'Redis killed under load and restarted: nothing acknowledged is lost, nothing that was read is taken back, no attempt ends',
  run: (options) =>
    withRig({ ...options, mostLostAttempts: 0, apis: 2, configs: [LAYER, GROUP, ...MANY_TINY] }, async (rig) => {
      const over = new AbortController()
      await Promise.all([killRedis(rig).finally(() => over.abort()), submitAllTheTime(rig, over.signal)])
    }),
}

/** Ends when all of it is acknowledged. */
async function submitAllTheTime({ submit }: Rig, until: AbortSignal): Promise<void> {
  const submitted: Promise<string>[] = []
  while (!until.aborted) {
    submitted.push(submit())
    await delay(SUBMIT_INTERVAL_MS)
  }
  await Promise.all(submitted)
}

async function killRedis({ cluster, observer, scale, draw, log }: Rig): Promise<void> {
  for (let killed = 1; killed <= scale.redisKills; killed++) {
    await delay(1000 + draw(2000))
    await cluster.whileRedisIsAway(async () => {
      await cluster.redis.kill()
      await delay(draw(2000))
      await cluster.redis.restart()
    })
    const done = observer.experiments().filter(({ state }) => state === 'completed').length
    log(`Redis killed ${killed} of ${scale.redisKills} times, ${done} experiments completed`)
  }
}
