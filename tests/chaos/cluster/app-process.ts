import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import path from 'node:path'
import { trainersOf } from './process-tree.ts'
import { type RedisProxy, startRedisProxy } from '@trainyard/testing/redis/redis-proxy'

const root = path.join(import.meta.dirname, '..', '..', '..')
/** As under `npm start`: what this test leaves behind when it is killed itself leaves, too. */
const PRELOAD = path.join(root, 'tools', 'process', 'exit-with-parent.mjs')
const RESTART_DELAY_MS = 500

export type AppName = `api-${number}` | `worker-${number}`

/** The API or a worker: a real process with a network of its own to Redis, and a supervisor that restarts it. */
export interface AppProcess {
  name: AppName
  proxy: RedisProxy
  /** Of the one that runs; null between an end and the next start. */
  pid(): number | null
  /** SIGKILL; answers the trainers that it had. */
  kill(): Promise<number[]>
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void
  /** Ends it and its trainers for good. */
  end(): Promise<void>
}

interface AppStart {
  name: AppName
  redisUrl: string
  env: NodeJS.ProcessEnv
  logFolder: string
  /** A process of it has ended. */
  onEnd: (pid: number) => void
}

export async function startAppProcess({ name, redisUrl, env, logFolder, onEnd }: AppStart): Promise<AppProcess> {
  const proxy = await startRedisProxy(redisUrl)
  const script = path.join(root, 'apps', name.startsWith('api') ? 'api/src/server.ts' : 'worker/src/main.ts')
  let running: ChildProcess | null = null
  let timer: NodeJS.Timeout | undefined
  let ending = false

  function start(): void {
    const log = openSync(path.join(logFolder, `${name}.log`), 'a')
    const args = ['--import', PRELOAD, script]
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...env, REDIS_URL: proxy.url },
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
    })
    closeSync(log)
    running = child
    child.once('exit', () => {
      running = null
      if (child.pid !== undefined) onEnd(child.pid)
      if (!ending) timer = setTimeout(start, RESTART_DELAY_MS)
    })
  }

  async function kill(): Promise<number[]> {
    const child = running
    if (!child?.pid) return []
    const trainers = trainersOf(child.pid)
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
    return trainers
  }

  start()
  return {
    ...{ name, proxy, kill },
    pid: () => running?.pid ?? null,
    signal: (signal) => void running?.kill(signal),
    async end() {
      ending = true
      clearTimeout(timer)
      for (const pid of await kill()) killIfAlive(pid)
      await proxy.close()
    },
  }
}

export function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it has ended by itself
  }
}
