import { poll } from '@trainyard/testing/inputs/poll'
import { checkHistory, type Verdict } from '../checks/check-history.ts'
import { type ClusterOptions, startCluster } from './cluster.ts'
import type { Config } from './configs.ts'
import { type Ended, readEnded, readFinalState } from '../checks/final-state.ts'
import { createHistory, type History } from '../checks/history.ts'
import { startObserver } from './observer.ts'
import { createRig, type Rig } from './rig.ts'
import type { RunOptions } from './scale.ts'
import { storeFaults } from '../checks/store-faults.ts'
import { createUsers } from './users.ts'

export interface RigOptions extends ClusterOptions, RunOptions {
  /** Run alone first, undisturbed: what every other run of them must equal. */
  configs: readonly Config[]
  /** Attempts that the harm may cost; without it, any number. */
  mostLostAttempts?: number
  /** Redis's clock will be set. */
  setsClock?: boolean
}

const READY_TIMEOUT_MS = 60_000

/** Starts a service, runs the configs undisturbed, plays, waits until all that was acknowledged has ended, and judges. */
export async function withRig(options: RigOptions, play: (rig: Rig) => Promise<void>): Promise<Verdict> {
  const { configs, setsClock: clockWasSet = false, mostLostAttempts = Infinity, log } = options
  const history = createHistory()
  const cluster = await startCluster(history, options)
  const users = createUsers({ urls: cluster.urls, history })
  const observer = startObserver({ cluster, users, history })
  const rig = createRig({ ...options, history, cluster, users, observer })
  let isWell = false
  try {
    await poll(() => assertReady(rig), { timeoutMs: READY_TIMEOUT_MS })
    const references = await runAlone(rig, configs)
    await play(rig)
    for (const id of acknowledged(history)) await rig.ended(id)
    await observer.stop()
    const ended = await readFinalState(users.client())
    history.faults.push(...(await storeFaults(cluster.redis.url)))
    const verdict = checkHistory({ history, ended, references, read: observer.experiments(), mostLostAttempts, clockWasSet })
    isWell = verdict.violations.length === 0
    return verdict
  } finally {
    await observer.stop()
    await cluster.stop({ keepLogs: !isWell })
    if (!isWell) log(`the logs of its processes are in ${cluster.logs}`)
  }
}

async function assertReady({ users, observer, cluster }: Rig): Promise<void> {
  const { ready, checks } = await users.client().ready()
  if (!ready) throw new Error(`not ready: ${JSON.stringify(checks)}`)
  const able = observer.workers().filter(({ engine }) => engine !== null).length
  if (able < cluster.workers.length) throw new Error(`${able} of ${cluster.workers.length} workers have a trainer`)
}

async function runAlone({ users, ended }: Rig, configs: readonly Config[]): Promise<Ended[]> {
  const ids = await Promise.all([...new Set(configs)].map((config, i) => users.submit({ ...config, name: `undisturbed ${i + 1}` })))
  return Promise.all(
    ids.map(async (id) => {
      await ended(id)
      const reference = await users.client().experiments.get(id)
      const { state, attempts } = reference
      if (state !== 'completed' || attempts.length !== 1) throw new Error(`${id} was disturbed: ${JSON.stringify(reference)}`)
      const left = await readEnded(users.client(), reference)
      if (left.epochs.some(({ weightsHash }) => weightsHash === null)) throw new Error(`${id} has no hashes of its weights`)
      return left
    }),
  )
}

const acknowledged = ({ calls }: History): Set<string> =>
  new Set(calls.flatMap(({ operation, id }) => (operation === 'submit' && id !== null ? [id] : [])))
