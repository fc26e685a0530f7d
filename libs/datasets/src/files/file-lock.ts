import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { tryLock } from 'fs-native-extensions'

const POLL_MS = 100
const TRIES_PER_REPORT = 10

interface FileLock {
  file: string
  signal?: AbortSignal | undefined
  /** Called every second while another one holds it, to show that this one waits and does not hang. */
  onWait?: (() => void) | undefined
}

/**
 * Runs `work` while no other process or call holds `file`. The kernel keeps the lock with the open file, so a process that dies, however,
 * lets it go. The file itself stays: removing it would let two hold "the" lock at once.
 */
export async function withFileLock<T>({ file, signal, onWait }: FileLock, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true })
  const handle = await open(file, 'a+')
  try {
    for (let tries = 0; !tryLock(handle.fd); tries++) {
      if (tries % TRIES_PER_REPORT === 0) onWait?.()
      await setTimeout(POLL_MS, undefined, signal && { signal })
    }
    return await work()
  } finally {
    await handle.close()
  }
}
