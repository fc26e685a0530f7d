import { setTimeout as delay } from 'node:timers/promises'
import { type Draw, seededRandom } from '@trainyard/testing/inputs/random'
import { killIfAlive } from '../cluster/app-process.ts'
import { BATCH, GROUP, LAYER, PLAIN } from '../cluster/configs.ts'
import { trainersOf } from '../cluster/process-tree.ts'
import type { Rig } from '../cluster/rig.ts'
import type { Scenario } from './scenario.ts'
import { withRig } from '../cluster/with-rig.ts'

const LOOK_INTERVAL_MS = 200

/** SIGKILL at random moments over trainers, workers and APIs, while users submit, pause and resume. */
export const kills: Scenario = {
  name: 'SIGKILL',
  promise: 'whatever is killed, all that was acknowledged completes: gapless, once, and with the bits of an undisturbed run',
  run: (options) =>
    withRig({ ...options, apis: 2, workers: 2, configs: [PLAIN, BATCH, LAYER, GROUP] }, async (rig) => {
      const over = new AbortController()
      await Promise.all([
        killAtRandom(rig).finally(() => over.abort()),
        rig.keepBusy({ atLeast: options.scale.experiments, open: 4, until: over.signal }),
        pauseAndResume(rig, { draw: seededRandom(options.seed + 1), until: over.signal }),
        replaceUnhealthyWorkers(rig, over.signal),
      ])
    }),
}

async function killAtRandom({ cluster, observer, scale, draw, log }: Rig): Promise<void> {
  for (let killed = 0; killed < scale.kills;) {
    await delay(1000 + draw(5000))
    const victims = [...cluster.workers, ...cluster.workers, ...cluster.apis].filter((app) => app.pid() !== null)
    const victim = pick(victims, draw)
    const trainers = victim?.name.startsWith('worker') && draw(2) === 0 ? trainersOf(victim.pid() ?? 0) : []
    const trainer = pick(trainers, draw)
    if (!victim) continue
    if (trainer === undefined) await cluster.kill(victim)
    else killIfAlive(trainer)
    killed += 1
    if (killed % 10 > 0) continue
    const done = observer.experiments().filter(({ state }) => state === 'completed').length
    log(`${killed} of ${scale.kills} kills, ${done} experiments completed`)
  }
}

/** Ends when nothing waits for a user any more. */
async function pauseAndResume({ users, observer }: Rig, { draw, until }: { draw: Draw; until: AbortSignal }): Promise<void> {
  const inState = (...states: string[]) => observer.experiments().filter(({ state }) => states.includes(state))
  while (!until.aborted || inState('pausing', 'paused').length > 0) {
    await delay(500 + draw(2000))
    const mayPause = until.aborted || draw(2) === 0 ? [] : inState('running', 'queued')
    const chosen = pick(mayPause.length > 0 ? mayPause : inState('paused'), draw)
    if (chosen) await users.ask(chosen.state === 'paused' ? 'resume' : 'pause', chosen.id)
  }
}

/** As an operator does: a worker whose trainers were killed too often takes no more until it is restarted. */
async function replaceUnhealthyWorkers({ cluster, observer }: Rig, until: AbortSignal): Promise<void> {
  while (!until.aborted) {
    await delay(LOOK_INTERVAL_MS)
    const unhealthy = observer.workers().filter((worker) => worker.unhealthyReason !== null)
    const worker = cluster.workers.find((each) => unhealthy.some(({ pid }) => pid === each.pid()))
    if (worker) await cluster.kill(worker)
  }
}

const pick = <T>(from: readonly T[], draw: Draw): T | undefined => from[draw(Math.max(1, from.length))]
