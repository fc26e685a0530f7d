import os from 'node:os'
import { CONFIG_VERSION, type Gpu, type WorkerInfo } from '@trainyard/contracts'
import type { WorkerRegistry } from '@trainyard/jobs'
import { repeat, type Repeated } from '../process/periodic-task.ts'
import type { Slot } from './slot.ts'

const EVERY_MS = 5000

export interface HeartbeatDeps {
  registry: WorkerRegistry
  worker: Pick<WorkerInfo, 'id' | 'version' | 'pools' | 'memoryBytes'>
  slots: () => readonly Slot[]
  gpus: () => Gpu[]
  draining: () => boolean
  /** Why it takes no experiments, or null. */
  unhealthyReason: () => string | null
  /** Somebody wants it to drain. */
  onDrainRequested: () => void
  onError: (error: unknown) => void
}

/** Tells the registry what this worker has and does. */
export function startHeartbeat({
  registry,
  worker,
  slots,
  gpus,
  draining,
  unhealthyReason,
  onDrainRequested,
  onError,
}: HeartbeatDeps): Repeated {
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
  return repeat({ everyMs: EVERY_MS, work: beat, onError })
}

const firstKnown = <T>(values: readonly (T | null)[]): T | null => values.find((value) => value !== null) ?? null
