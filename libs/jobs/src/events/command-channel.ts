import type { Redis } from 'ioredis'
import { z } from 'zod'
import { DEFAULT_PREFIX, keysOf } from '../redis/keys.ts'

/** What is to happen to a running experiment, or to a worker, by its id. */
const LifecycleCommand = z.tuple([z.enum(['cancel', 'pause', 'stop', 'drain']), z.string()])
export type LifecycleCommand = { what: 'cancel' | 'pause' | 'stop' | 'drain'; id: string }

/**
 * Calls back as a command is given, on a connection of its own that this opens like `redis`. Only a hint: what is missed here comes with the next renewal
 * of the lease, or the next heartbeat.
 */
export function subscribeToCommands({
  redis,
  prefix = DEFAULT_PREFIX,
  onCommand,
}: {
  redis: Redis
  prefix?: string
  onCommand: (command: LifecycleCommand) => void
}) {
  const listening = redis.duplicate({ maxRetriesPerRequest: null, commandTimeout: undefined })
  listening.on('error', () => {})
  listening.on('message', (_channel: string, message: string) => {
    const command = LifecycleCommand.safeParse(message.split(' '))
    if (command.success) onCommand({ what: command.data[0], id: command.data[1] }) // a newer version may have others
  })
  const ready = listening.subscribe(keysOf(prefix).commandChannel).catch(() => {})
  return { ready, close: () => listening.disconnect() }
}
