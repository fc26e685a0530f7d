import type { Redis } from 'ioredis'
import { DEFAULT_PREFIX, keysOf } from './keys.ts'

/**
 * Tells at once which running experiments are to be canceled, on a connection of its own that this opens like `redis`. Only a hint: what is missed
 * here comes with the next renewal of the lease.
 */
export function listenForCancels({
  redis,
  prefix = DEFAULT_PREFIX,
  onCancel,
}: {
  redis: Redis
  prefix?: string
  onCancel: (id: string) => void
}) {
  const listening = redis.duplicate({ maxRetriesPerRequest: null, commandTimeout: undefined })
  listening.on('error', () => {})
  listening.on('message', (_channel: string, id: string) => onCancel(id))
  const ready = listening.subscribe(keysOf(prefix).cancelChannel).catch(() => {})
  return { ready, close: () => listening.disconnect() }
}
