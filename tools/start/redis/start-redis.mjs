import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { redisCommand } from './redis-command.mjs'
import { errorMessage, ToolError } from '../../process/tool-error.mjs'
import { lastSentence, openLog } from '../log-files.mjs'
import { freePort } from '../ports.mjs'
import { supervise } from '../supervise.mjs'

const RESPONSE_TIMEOUT_MS = 60_000
const POLL_INTERVAL_MS = 20

/**
 * Starts a Redis of our own, on this host alone, with its append-only file in the data directory. It has a process group of its own, so
 * that Ctrl-C does not reach it: it stops last.
 * @param {{ server: string, data: string, say: (text: string) => void, mayRestart: () => boolean, onRestart: () => void }} options
 */
export async function startRedis({ server, data, ...supervision }) {
  const folder = path.join(data, 'redis')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  const port = await freePort()
  const password = readPassword(path.join(folder, 'password'))
  const config = path.join(folder, 'redis.conf')
  writeFileSync(config, redisConfig({ folder, port, password }), { mode: 0o600 })
  const { file: log, descriptor } = openLog({ data, name: 'redis' })
  const supervised = supervise({
    name: 'Redis',
    log,
    ...supervision,
    launch: () => spawn(server, [config], { detached: true, stdio: ['ignore', descriptor, descriptor] }),
  })
  const url = `redis://:${password}@127.0.0.1:${port}`
  return { ...supervised, port, url, ready: () => answers({ url, log, firstExit: supervised.firstExit }) }
}

/** Its password; who can read the data directory has it. @param {string} file */
export function readPassword(file) {
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 })
  return readFileSync(file, 'utf8').trim()
}

/** @param {{ folder: string, port: number, password: string }} options */
function redisConfig({ folder, port, password }) {
  const settings = {
    bind: '127.0.0.1',
    port,
    requirepass: password,
    dir: JSON.stringify(folder),
    appendonly: 'yes',
    appendfsync: 'always',
    // A base file of plain commands: whichever of Redis and Valkey this host has next time can read it.
    'aof-use-rdb-preamble': 'no',
    save: '""',
    'maxmemory-policy': 'noeviction',
  }
  return Object.entries(settings)
    .map(([name, value]) => `${name} ${value}\n`)
    .join('')
}

/** @param {{ url: string, log: string, firstExit: Promise<unknown> }} options */
async function answers({ url, log, firstExit }) {
  let gone = false
  void firstExit.then(() => (gone = true))
  for (const end = performance.now() + RESPONSE_TIMEOUT_MS; ; await pause(POLL_INTERVAL_MS)) {
    try {
      return await redisCommand({ url, command: ['PING'] })
    } catch (error) {
      if (!gone && performance.now() < end) continue
      const why = gone ? (lastSentence(log) ?? 'it ended at once') : errorMessage(error)
      throw new ToolError(`Redis could not be started (${why}); its log is ${log}`, { cause: error })
    }
  }
}
