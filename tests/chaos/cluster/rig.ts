import { setTimeout as delay } from 'node:timers/promises'
import { type Experiment, isTerminal } from '@trainyard/contracts'
import { poll } from '@trainyard/testing/inputs/poll'
import { type Draw, seededRandom } from '@trainyard/testing/inputs/random'
import type { AppProcess } from './app-process.ts'
import type { Cluster } from './cluster.ts'
import type { Config } from './configs.ts'
import type { History } from '../checks/history.ts'
import type { Observer } from './observer.ts'
import type { RunOptions } from './scale.ts'
import type { Users } from './users.ts'

const LOOK_INTERVAL_MS = 200
const CONDITION_TIMEOUT_MS = 300_000

interface Parts {
  cluster: Cluster
  users: Users
  observer: Observer
  history: History
}

/** A service, its users, and the history of both. */
export interface Rig extends Parts, RunOptions {
  /** Decides what happens; the same for the same seed. */
  draw: Draw
  /** Submits the next of the configs under a name of its own; resolves with its id when it is acknowledged. */
  submit: () => Promise<string>
  /** Submits `atLeast` that number, then whenever fewer than `open` are open, `until` that aborts. */
  keepBusy: (options: { atLeast: number; open: number; until: AbortSignal }) => Promise<void>
  /** Resolves when the condition holds. */
  becomes: (id: string, is: (experiment: Experiment) => boolean) => Promise<void>
  /** Resolves when it has that epoch. */
  reaches: (id: string, epoch: number) => Promise<void>
  /** Pauses it, which writes a checkpoint; resolves when it is. */
  paused: (id: string) => Promise<void>
  ended: (id: string) => Promise<void>
  /** The worker that runs it now. */
  ownerOf: (id: string) => Promise<AppProcess>
  /** Notes what does not hold, where only the scenario can know. */
  hold: (holds: boolean, whatDoesNot: string) => void
}

export function createRig({ configs, ...parts }: Parts & RunOptions & { configs: readonly Config[] }): Rig {
  const { users, observer, cluster, history, seed } = parts
  let submitted = 0

  function submit(): Promise<string> {
    const config = configs[submitted % configs.length]
    submitted += 1
    return users.submit({ ...config, name: `experiment ${submitted}` })
  }

  const becomes = (id: string, is: (experiment: Experiment) => boolean): Promise<void> =>
    poll(
      async () => {
        const experiment = await users.client().experiments.get(id)
        if (!is(experiment)) throw new Error(`${id} is ${experiment.state}, at epoch ${experiment.latest?.epoch ?? 0}`)
      },
      { timeoutMs: CONDITION_TIMEOUT_MS, everyMs: 50 },
    )

  return {
    ...parts,
    draw: seededRandom(seed),
    ...{ submit, becomes },
    async keepBusy({ atLeast, open, until }) {
      for (let count = 0; count < atLeast || !until.aborted;) {
        const openNow = observer.experiments().filter(({ state }) => !isTerminal(state)).length
        if (count < atLeast || openNow < open) {
          await submit()
          count += 1
        } else await delay(LOOK_INTERVAL_MS)
      }
    },
    reaches: (id, epoch) => becomes(id, ({ latest }) => (latest?.epoch ?? 0) >= epoch),
    async paused(id) {
      await users.ask('pause', id)
      await becomes(id, ({ state }) => state === 'paused')
    },
    ended: (id) => becomes(id, ({ state }) => isTerminal(state)),
    async ownerOf(id) {
      const { items } = await users.client().workers.list()
      const pid = items.find(({ slots }) => slots.some(({ experimentId }) => experimentId === id))?.pid
      const owner = cluster.workers.find((worker) => worker.pid() === pid)
      if (!owner) throw new Error(`no worker runs ${id}`)
      return owner
    },
    hold: (holds, whatDoesNot) => void (holds || history.faults.push(whatDoesNot)),
  }
}
