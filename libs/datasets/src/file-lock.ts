import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { tryLock } from 'fs-native-extensions'

const POLL_MS = 100

/**
 * Runs `work` while no other process or call holds `file`. The kernel keeps the lock with the open file, so a process that dies, however,
 * lets it go. The file itself stays: removing it would let two hold "the" lock at once.
 */
export async function withFileLock<T>(
  { file, signal }: { file: string; signal?: AbortSignal | undefined },
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(file), { recursive: true })
  const handle = await open(file, 'a+')
  try {
    while (!tryLock(handle.fd)) await setTimeout(POLL_MS, undefined, signal && { signal })
    return await work()
  } finally {
    await handle.close()
  }
}
