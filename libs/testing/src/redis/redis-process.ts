import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { freePort } from '../services/free-port.ts'
import { poll } from '../inputs/poll.ts'

export interface RedisProcess {
  url: string
  /** As a crash or a power cut does. Its append-only file stays. */
  kill(): Promise<void>
  /** Brings a killed one back on the same port, with the same data. */
  restart(): Promise<void>
  /** SIGSTOP: connections stay open, and nothing answers. */
  pause(): void
  resume(): void
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

/** From PATH; `npm test` puts the one that setup found or fetched there. */
const SERVER = 'redis-server'

/** A Redis of this test's own, on a free port, with an append-only file. `settings`: lines of redis.conf; `server`: the program. */
export async function startRedis(
  settings: Record<string, string> = {},
  { env = process.env, server = SERVER } = {},
): Promise<RedisProcess> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-redis-'))
  const port = await freePort()
  const all = { port: `${port}`, dir: folder, bind: '127.0.0.1', appendonly: 'yes', appendfsync: 'always', save: '', ...settings }
  const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value])
  let child = await launch({ server, args, port, env })
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    restart: async () => {
      child = await launch({ server, args, port, env })
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    stop: async () => {
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function launch(options: { server: string; args: string[]; port: number; env: NodeJS.ProcessEnv }): Promise<ChildProcess> {
  const { server, args, port, env } = options
  const child = spawn(server, args, { stdio: 'ignore', env })
  await Promise.race([poll(() => assertAnswers(port), { timeoutMs: 20_000 }), endedEarly(child)])
  return child
}

async function endedEarly(child: ChildProcess): Promise<never> {
  const [reason] = await Promise.race([once(child, 'exit'), once(child, 'error')])
  throw new Error(`redis-server did not start: ${String(reason)}`)
}

/** Connected is not enough: a server that still reads its append-only file answers LOADING. */
async function assertAnswers(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    socket.write('PING\r\n')
    const [reply] = await once(socket, 'data')
    if (!String(reply).startsWith('+PONG')) throw new Error(`not ready: ${String(reply)}`)
  } finally {
    socket.destroy()
  }
}
