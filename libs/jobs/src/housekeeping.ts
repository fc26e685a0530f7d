import type { Redis } from 'ioredis'
import { createDispatcher } from './dispatcher.ts'
import { DEFAULT_PREFIX } from './keys.ts'
import { onceAtATime } from './once-at-a-time.ts'
import { createReaper } from './reaper.ts'

const EVERY_MS = 2000

export interface Housekeeping {
  /** Hands what is due to BullMQ now, without waiting for it; call it after a create. Never throws. */
  sweep(): void
  stop(): Promise<void>
}

/** Every 2 s: hands what is due to BullMQ, takes back what lost its worker. Runs in every API and worker; errors go to `onError`. */
export function startHousekeeping(deps: { redis: Redis; prefix?: string; onError: (error: unknown) => void }): Housekeeping {
  const { redis, prefix = DEFAULT_PREFIX, onError } = deps
  const dispatcher = createDispatcher({ redis, prefix, onError })
  const reap = createReaper({ redis, prefix })
  const sweep = onceAtATime(dispatcher.sweep, onError)
  const round = onceAtATime(async () => {
    await reap()
    await dispatcher.repair()
    sweep.run()
  }, onError)
  const timer = setInterval(() => round.run(), EVERY_MS)
  round.run()
  return {
    sweep: () => sweep.run(),
    async stop() {
      clearInterval(timer)
      await Promise.all([round.idle(), sweep.idle()])
      await dispatcher.close()
    },
  }
}
