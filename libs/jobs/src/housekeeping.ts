import type { Redis } from 'ioredis'

export interface Housekeeping {
  /** Hands what is due to BullMQ now, without waiting for it; call it after a create. Never throws. */
  sweep(): void
  stop(): Promise<void>
}

/** Every 2 s: hands what is due to BullMQ, takes back what lost its worker. Runs in every API and worker; errors go to `onError`. */
export function startHousekeeping(_deps: { redis: Redis; prefix?: string; onError: (error: unknown) => void }): Housekeeping {
  throw new Error('not written yet')
}
