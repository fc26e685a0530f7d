import { seededRandom } from '@trainyard/testing/inputs/random'
import { GROUP, LAYER, TINY } from '../cluster/configs.ts'
import type { Scenario } from './scenario.ts'
import { withRig } from '../cluster/with-rig.ts'

/** One answer in this many is lost with its connection. */
const ANSWERS = { api: 30, worker: 200 }

/** Redis executes a command, and its answer is lost: at random, all the time, for every process. */
export const lostAnswers: Scenario = {
  name: 'lost-answers',
  promise: 'what was done, though its caller saw a broken connection, is done once',
  run: (options) =>
    withRig({ ...options, mostLostAttempts: 0, apis: 2, configs: [LAYER, TINY, GROUP, TINY] }, async ({ cluster, keepBusy, log }) => {
      let lost = 0
      for (const [i, { name, proxy }] of [...cluster.apis, ...cluster.workers].entries()) {
        const draw = seededRandom(options.seed + i)
        const oneOf = name.startsWith('api') ? ANSWERS.api : ANSWERS.worker
        proxy.obey(({ from }) => {
          if (from === 'client' || draw(oneOf) > 0) return 'pass'
          lost += 1
          return 'break'
        })
      }
      await keepBusy({ atLeast: 8, open: 4, until: AbortSignal.timeout(options.scale.lossyMs) })
      for (const { proxy } of [...cluster.apis, ...cluster.workers]) proxy.heal()
      log(`${lost} answers were lost`)
    }),
}
