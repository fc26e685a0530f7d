import type { Redis } from 'ioredis'
import { z } from 'zod'
import { DEFAULT_PREFIX, keysOf } from '../redis/keys.ts'

/** What somebody wants of a running experiment, or of a worker, by its id. */
const LifecycleCommand = z.tuple([z.enum(['cancel', 'pause', 'stop', 'drain']), z.string()])
export type LifecycleCommand = { what: 'cancel' | 'pause' | 'stop' | 'drain'; id: string }

/**
 * Tells at once what is wanted, on a connection of its own that this opens like `redis`. Only a hint: what is missed here comes with the next renewal
 * of the lease, or the next heartbeat.
 */
export function subscribeToCommands({
  redis,
  prefix = DEFAULT_PREFIX,
  onCommand,
}: {
  redis: Redis
  prefix?: string
  onCommand: (wish: LifecycleCommand) => void
}) {
  const listening = redis.duplicate({ maxRetriesPerRequest: null, commandTimeout: undefined })
  listening.on('error', () => {})
  listening.on('message', (_channel: string, message: string) => {
    const wish = LifecycleCommand.safeParse(message.split(' '))
    if (wish.success) onCommand({ what: wish.data[0], id: wish.data[1] }) // another version may wish for more
  })
  const ready = listening.subscribe(keysOf(prefix).commandChannel).catch(() => {})
  return { ready, close: () => listening.disconnect() }
}
