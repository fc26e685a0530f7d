import type { WorkerInfo } from '@trainyard/contracts'
import type { Redis } from 'ioredis'

export interface WorkerRegistry {
  /** To be called every 5 s; a worker that is silent for 15 s is no longer listed. */
  heartbeat(info: Omit<WorkerInfo, 'lastHeartbeatAt'>): Promise<void>
  list(): Promise<WorkerInfo[]>
  remove(id: string): Promise<void>
}

export function createWorkerRegistry(_deps: { redis: Redis; prefix?: string }): WorkerRegistry {
  throw new Error('not written yet')
}
