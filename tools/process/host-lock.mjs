import { createHash } from 'node:crypto'
import net from 'node:net'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { codeOf } from './tool-error.mjs'

const POLL_MS = 200

/**
 * Takes a name that one process of this user can hold on this host. It is a socket in Linux's abstract namespace, so the kernel frees it
 * when its holder ends, however it ends. Returns what frees it, or null while someone else has it.
 * @param {string} name
 * @returns {Promise<(() => void) | null>}
 */
export function tryHostLock(name) {
  const key = createHash('sha256').update(name).digest('hex').slice(0, 32)
  const server = net.createServer((socket) => socket.destroy())
  return new Promise((resolve, reject) => {
    server.once('error', (error) => (codeOf(error) === 'EADDRINUSE' ? resolve(null) : reject(error)))
    server.listen(`\0trainyard-${process.getuid?.() ?? 0}-${key}`, () => {
      server.unref()
      resolve(() => void server.close())
    })
  })
}

/**
 * Runs `work` while nobody else holds `name`; calls `onWait` once if it has to wait.
 * @template T
 * @param {{ name: string, onWait: () => void }} options
 * @param {() => Promise<T>} work
 */
export async function withHostLock({ name, onWait }, work) {
  let release = await tryHostLock(name)
  if (!release) onWait()
  while (!release) {
    await pause(POLL_MS)
    release = await tryHostLock(name)
  }
  try {
    return await work()
  } finally {
    release()
  }
}
