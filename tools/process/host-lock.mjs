import { createHash } from 'node:crypto'
import net from 'node:net'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { codeOf } from './tool-error.mjs'

const POLL_INTERVAL_MS = 200
/** All of sun_path but the NUL that begins it. Node 20 pads a shorter name and Node 22 does not, so that they would be two names. */
const NAME_BYTES = 107

/**
 * Acquires a name that one process of this user can hold on this host, in any version of Node. It is a socket in Linux's abstract namespace: the
 * kernel frees it when its holder ends, however it ends. Returns what releases it, or null while another process or call holds it.
 * @param {string} name
 * @returns {Promise<(() => void) | null>}
 */
export function tryHostLock(name) {
  const key = createHash('sha512').update(name).digest('hex')
  const server = net.createServer((socket) => socket.destroy())
  return new Promise((resolve, reject) => {
    server.once('error', (error) => (codeOf(error) === 'EADDRINUSE' ? resolve(null) : reject(error)))
    server.listen(`\0${`trainyard-${process.getuid?.() ?? 0}-${key}`.slice(0, NAME_BYTES)}`, () => {
      server.unref()
      resolve(() => void server.close())
    })
  })
}

/**
 * Runs `work` while it holds `name`; calls `onWait` once if it has to wait.
 * @template T
 * @param {{ name: string, onWait: () => void }} options
 * @param {() => Promise<T>} work
 */
export async function withHostLock({ name, onWait }, work) {
  let release = await tryHostLock(name)
  if (!release) onWait()
  while (!release) {
    await pause(POLL_INTERVAL_MS)
    release = await tryHostLock(name)
  }
  try {
    return await work()
  } finally {
    release()
  }
}
