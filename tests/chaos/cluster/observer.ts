import { setTimeout as delay } from 'node:timers/promises'
import type { Experiment, WorkerInfo } from '@trainyard/contracts'
import { connectRedis, createWorkerRegistry } from '@trainyard/jobs'
import type { Cluster } from './cluster.ts'
import { type History, nowMs } from '../checks/history.ts'
import { regression } from '../checks/regression.ts'
import type { Users } from './users.ts'

const LOOK_INTERVAL_MS = 300

export interface Observer {
  /** Workers as they last reported. */
  workers(): readonly WorkerInfo[]
  /** Experiments as they were last read. */
  experiments(): readonly Experiment[]
  stop(): Promise<void>
}

/** Looks on while a service is disturbed: which slots are free, and whether anything that was read once is taken back later. */
export function startObserver({ cluster, users, history }: { cluster: Cluster; users: Users; history: History }): Observer {
  const redis = connectRedis(cluster.redis.url, { name: 'observer', whenDown: 'fail' })
  const registry = createWorkerRegistry({ redis })
  const seen = new Map<string, Experiment>()
  const stopping = new AbortController()
  let workers: WorkerInfo[] = []

  async function countFreeSlots(): Promise<void> {
    workers = await registry.list()
    for (const { id, pid } of workers) history.workers.set(id, pid)
    const running = new Set(cluster.workers.map((worker) => worker.pid()))
    const able = workers.filter(
      ({ pid, draining, unhealthyReason }) => running.has(pid) && cluster.isUp(pid) && !draining && unhealthyReason === null,
    )
    const free = able.flatMap(({ slots }) => slots).filter(({ trainer, experimentId }) => trainer === 'idle' && experimentId === null)
    history.slots.push({ atMs: nowMs(), free: free.length })
  }

  async function readExperiments(): Promise<void> {
    const { items } = await users.client().experiments.list({ pageSize: 200 })
    for (const experiment of items) {
      const earlier = seen.get(experiment.id)
      const fault = earlier && regression(earlier, experiment)
      if (fault) history.faults.push(fault)
      seen.set(experiment.id, experiment)
    }
  }

  async function look(): Promise<void> {
    while (!stopping.signal.aborted) {
      // What cannot be read now is read later: that is what is being tested.
      await Promise.allSettled([countFreeSlots(), readExperiments()])
      await delay(LOOK_INTERVAL_MS, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }
  const looking = look()
  return {
    workers: () => workers,
    experiments: () => [...seen.values()],
    async stop() {
      stopping.abort()
      await looking
      redis.disconnect()
    },
  }
}
