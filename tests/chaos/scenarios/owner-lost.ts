import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { poll } from '@trainyard/testing/inputs/poll'
import type { AppProcess } from '../cluster/app-process.ts'
import { LAYER } from '../cluster/configs.ts'
import { trainersOf } from '../cluster/process-tree.ts'
import type { Rig } from '../cluster/rig.ts'
import type { Scenario } from './scenario.ts'
import { withRig } from '../cluster/with-rig.ts'

const LEASE_MS = 20_000

/** An owner that looks like a dead one, until it comes back and goes on. */
const WAYS: ((owner: AppProcess) => { lose: () => void; bringBack: () => void })[] = [
  (owner) => ({ lose: () => owner.signal('SIGSTOP'), bringBack: () => owner.signal('SIGCONT') }),
  (owner) => {
    const all = [owner.pid() ?? 0, ...trainersOf(owner.pid() ?? 0)]
    const toAll = (signal: NodeJS.Signals) => () => {
      for (const pid of all) process.kill(pid, signal)
    }
    return { lose: toAll('SIGSTOP'), bringBack: toAll('SIGCONT') }
  },
  (owner) => ({ lose: () => owner.proxy.swallow(), bringBack: () => owner.proxy.heal() }),
]

/** Three owners at once: a worker frozen, a worker frozen with its trainer, and one that alone is cut off from Redis. */
export const ownerLost: Scenario = {
  name: 'owner-lost',
  promise: 'a worker frozen or cut off is replaced; when it comes back, no point and no checkpoint of it counts',
  run: (options) =>
    // long enough for the one that takes over to be under way when the lost one comes back
    withRig(
      { ...options, workers: 5, configs: [{ ...LAYER, epochs: Math.round((options.scale.freezeMs - LEASE_MS) / 10) }] },
      async (rig) => {
        await Promise.all(
          WAYS.map(async (way) => {
            const id = await rig.submit()
            await rig.reaches(id, 10)
            await lose(rig, { id, way })
          }),
        )
      },
    ),
}

async function lose(rig: Rig, { id, way }: { id: string; way: (typeof WAYS)[number] }): Promise<void> {
  const { cluster, users, scale, hold } = rig
  const owner = await rig.ownerOf(id)
  const { lose: loseIt, bringBack } = way(owner)
  await cluster.whileLost(owner, async () => {
    loseIt()
    await delay(scale.freezeMs)
    bringBack()
  })
  await rig.ended(id)
  const { attempts } = await users.client().experiments.get(id)
  const outcomes = attempts.map(({ outcome }) => outcome).join(', ')
  hold(outcomes === 'worker_lost, completed', `${id}: its attempts ended as ${outcomes}`)
  const { items: epochs } = await users.client().experiments.epochs(id)
  const last = epochs.findLast(({ attempt }) => attempt === 1)?.epoch ?? 0
  const from = attempts[1]?.resumedFromEpoch ?? 0
  hold(from <= last, `${id}: resumed from epoch ${from}, though attempt 1 had recorded no more than ${last}`)
  await poll(() => assertNothingLeft(rig, id), { timeoutMs: 30_000 })
}

/** Checkpoints and models of attempts that do not count are removed, by the worker that wrote them. */
async function assertNothingLeft({ cluster: { data } }: Rig, id: string): Promise<void> {
  const [checkpoints, models] = await Promise.all(['checkpoints', 'models'].map((folder) => filesIn(path.join(data, folder, id))))
  if (checkpoints?.length !== 0 || models?.length !== 1) throw new Error(`${id} has left ${JSON.stringify({ checkpoints, models })}`)
}

const filesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => [])
