import os from 'node:os'
import { CONFIG_VERSION, type Gpu, type WorkerInfo } from '@trainyard/contracts'
import type { WorkerRegistry } from '@trainyard/jobs'
import { type PeriodicTask, startPeriodicTask } from '../process/periodic-task.ts'
import type { Slot } from './slot.ts'

const INTERVAL_MS = 5000

export interface HeartbeatDeps {
  registry: WorkerRegistry
  worker: Pick<WorkerInfo, 'id' | 'version' | 'pools' | 'memoryBytes'>
  slots: () => readonly Slot[]
  gpus: () => Gpu[]
  draining: () => boolean
  /** Why it takes no experiments, or null. */
  unhealthyReason: () => string | null
  /** A drain of this worker is requested. */
  onDrainRequested: () => void
  onError: (error: unknown) => void
}

/** Reports to the registry what this worker has and does. */
export function startHeartbeat({
  registry,
  worker,
  slots,
  gpus,
  draining,
  unhealthyReason,
  onDrainRequested,
  onError,
}: HeartbeatDeps): PeriodicTask {
  const host = { host: os.hostname(), pid: process.pid, startedAt: new Date().toISOString() }
  const beat = async (): Promise<void> => {
    const { drain } = await registry.heartbeat({
      ...worker,
      ...host,
      configVersion: CONFIG_VERSION,
      engine: firstKnown(slots().map((slot) => slot.engine())),
      speed: firstKnown(slots().map((slot) => slot.speed())),
      slots: slots().map((slot) => slot.state()),
      gpus: gpus(),
      cachedSplits: slots().flatMap((slot) => slot.cachedSplits()),
      draining: draining(),
      unhealthyReason: unhealthyReason(),
    })
    if (drain) onDrainRequested()
  }
  return startPeriodicTask({ intervalMs: INTERVAL_MS, work: beat, onError })
}

const firstKnown = <T>(values: readonly (T | null)[]): T | null => values.find((value) => value !== null) ?? null
