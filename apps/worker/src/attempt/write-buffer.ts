import { setTimeout as delay } from 'node:timers/promises'
import { RedisUnavailableError, StoreFullError, type Written } from '@trainyard/jobs'

/** About an hour of batches, in an outage; then the trainer waits. */
const MAX_WAITING = 10_000
const RETRY_MS = 1000

export type Write = () => Promise<Written>

export interface WriteBuffer {
  /** Takes a write; resolves once more may come: at once, unless thousands wait. */
  push(write: Write): Promise<void>
  /** Resolves when all that was pushed is written, or nothing can be any more. */
  flush(): Promise<void>
}

/** Writes in order, one after another, for as long as Redis takes to come back: training goes on meanwhile. */
export function createWriteBuffer({ onFenced, onError }: { onFenced: () => void; onError: (error: unknown) => void }): WriteBuffer {
  let tail = Promise.resolve()
  let waiting = 0
  let closed = false

  async function run(write: Write): Promise<void> {
    try {
      if (closed) return
      if ((await persist(write)) === 'ok') return
      closed = true
      onFenced()
    } catch (error) {
      closed = true
      onError(error)
    } finally {
      waiting -= 1
    }
  }

  return {
    push(write) {
      waiting += 1
      tail = tail.then(() => run(write))
      return waiting < MAX_WAITING ? Promise.resolve() : tail
    },
    flush: () => tail,
  }
}

/** Retries the write until Redis has answered. */
export async function persist(write: Write): Promise<Written> {
  while (true) {
    try {
      return await write()
    } catch (error) {
      if (!(error instanceof RedisUnavailableError) && !(error instanceof StoreFullError)) throw error
    }
    await delay(RETRY_MS)
  }
}
