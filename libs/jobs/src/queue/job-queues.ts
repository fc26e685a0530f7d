import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'

export interface JobData {
  id: string
  dispatch: number
}

/** BullMQ's queues by name, each opened once. */
export function openJobQueues({ redis, prefix, onError }: { redis: Redis; prefix: string; onError: (error: unknown) => void }) {
  const queues = new Map<string, Queue<JobData>>()
  return {
    get(name: string): Queue<JobData> {
      const queue = queues.get(name) ?? new Queue<JobData>(name, { connection: redis, prefix }).on('error', onError)
      queues.set(name, queue)
      return queue
    },
    async close(): Promise<void> {
      await Promise.all([...queues.values()].map((queue) => queue.close()))
    },
  }
}
