import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { killIfAlive } from '../cluster/app-process.ts'
import { GROUP, LAYER } from '../cluster/configs.ts'
import { trainersOf } from '../cluster/process-tree.ts'
import type { Rig } from '../cluster/rig.ts'
import type { Scenario } from './scenario.ts'
import { buildClock, clockObstacle, createClock, type SettableClock } from '../cluster/settable-clock.ts'
import { withRig } from '../cluster/with-rig.ts'

const HOUR_SECONDS = 3600
/** An hour ahead, and back. */
const JUMPS = [HOUR_SECONDS, 0]

/** The clock of one worker, of one API and of Redis itself is set an hour ahead, and back. */
export const clockSet: Scenario = {
  name: 'clock-set',
  promise: 'a clock that jumps an hour, ahead or back: nothing is lost or held up, no attempt ends of it, and orders stay',
  obstacle: clockObstacle,
  async run(options) {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'trainyard-clocks-'))
    try {
      const library = buildClock(folder)
      const clockOf = (name: string) => createClock({ library, file: path.join(folder, name) })
      const clocks = { 'worker-1': await clockOf('worker-1'), 'api-1': await clockOf('api-1'), redis: await clockOf('redis') }
      const environmentOf = (name: string) => Object.entries(clocks).find(([owner]) => owner === name)?.[1].environment ?? {}
      const configs = [LAYER, GROUP]
      return await withRig(
        { ...options, apis: 2, configs, environmentOf, setsClock: true, mostLostAttempts: JUMPS.length },
        async (rig) => {
          await setOthers(rig, [clocks['worker-1'], clocks['api-1']])
          await setRedis(rig, clocks.redis)
        },
      )
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}

/** Redis's clock alone decides what comes first. */
async function setOthers({ submit, draw, users, ended, hold }: Rig, clocks: readonly SettableClock[]): Promise<void> {
  const ids: string[] = []
  for (const clock of clocks) {
    for (const offsetSeconds of JUMPS) {
      ids.push(await submit())
      await clock.set(offsetSeconds)
      await delay(500 + draw(1500))
    }
  }
  for (const id of ids) await ended(id)
  const starts = await Promise.all(ids.map(async (id) => (await users.client().experiments.get(id)).startedAt ?? ''))
  hold(String(ids.toSorted()) === String(ids), `submitted one after another, and listed as ${ids.toSorted().join(', ')}`)
  hold(String(starts.toSorted()) === String(starts), `submitted one after another, and started at ${starts.join(', ')}`)
}

/**
 * A trainer dies before each jump, so that its experiment waits for a time that the clock then leaps over, or leaves far ahead. All end before the
 * next jump, so that both workers are free.
 */
async function setRedis({ submit, reaches, ended, ownerOf }: Rig, clock: SettableClock): Promise<void> {
  for (const offsetSeconds of JUMPS) {
    const [doomed, other] = [await submit(), await submit()]
    await Promise.all([reaches(doomed, 10), reaches(other, 10)])
    const owner = await ownerOf(doomed)
    for (const trainer of trainersOf(owner.pid() ?? 0)) killIfAlive(trainer)
    await delay(200)
    await clock.set(offsetSeconds)
    await Promise.all([ended(doomed), ended(other)])
  }
}
