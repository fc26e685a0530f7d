import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { freePort } from '@trainyard/testing/services/free-port'
import { poll } from '@trainyard/testing/inputs/poll'
import { type RedisProcess, startRedis } from '@trainyard/testing/redis/redis-process'
import { type AppName, type AppProcess, startAppProcess } from './app-process.ts'
import { type History, nowMs } from '../checks/history.ts'
import { isRunning } from './process-tree.ts'

export interface ClusterOptions {
  apis?: number
  workers?: number
  /** Where datasets, checkpoints and models lie, when not in a folder of the cluster's own. */
  data?: string
  /** Where Redis keeps its file, when not in a folder of its own. */
  redisFolder?: string
  /** What a process's environment holds beyond a user's. */
  environmentOf?: (name: AppName | 'redis') => NodeJS.ProcessEnv
}

/** Redis, APIs and workers with their trainers, each a process started as a user's would be. */
export interface Cluster {
  redis: RedisProcess
  apis: AppProcess[]
  workers: AppProcess[]
  urls: string[]
  data: string
  /** Where each process writes its log. */
  logs: string
  /** SIGKILL; a worker's trainers must go with it. */
  kill(app: AppProcess): Promise<void>
  /** Its process can own nothing while `work` runs. */
  whileLost(app: AppProcess, work: () => Promise<void>): Promise<void>
  /** No process reaches Redis while `work` runs. */
  whileRedisIsAway(work: () => Promise<void>): Promise<void>
  /** Whether the process could own an experiment. */
  isUp(pid: number): boolean
  stop(options: { keepLogs: boolean }): Promise<void>
}

const ORPHAN_TIMEOUT_MS = 20_000

export async function startCluster(history: History, options: ClusterOptions = {}): Promise<Cluster> {
  const { environmentOf = () => ({}), redisFolder } = options
  const folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-chaos-'))
  const data = options.data ?? path.join(folder, 'data')
  const logs = path.join(folder, 'logs')
  await Promise.all([mkdir(data, { recursive: true }), mkdir(logs)])
  const env = { ...process.env, ...environmentOf('redis') }
  const redis = await startRedis(redisFolder === undefined ? {} : { dir: redisFolder }, { env })
  const lost = new Set<number>()
  const lose = (pid: number): void => {
    lost.add(pid)
    history.losses.push({ pid, atMs: nowMs() })
  }
  const { ports, apis, workers } = await startApps({ ...options, environmentOf, redisUrl: redis.url, data, logs, onEnd: lose })

  return {
    ...{ redis, apis, workers, data, logs },
    urls: ports.map((port) => `http://127.0.0.1:${port}`),
    async kill(app) {
      const trainers = await app.kill()
      await poll(() => assertEnded(trainers), { timeoutMs: ORPHAN_TIMEOUT_MS })
    },
    async whileLost(app, work) {
      const pid = app.pid()
      if (pid === null) throw new Error(`${app.name} does not run`)
      lose(pid)
      await work()
      lost.delete(pid)
    },
    async whileRedisIsAway(work) {
      const fromMs = nowMs()
      await work()
      history.redisAway.push({ fromMs, toMs: nowMs() })
    },
    isUp: (pid) => !lost.has(pid),
    async stop({ keepLogs }) {
      await Promise.all([...apis, ...workers].map((app) => app.end()))
      await redis.stop()
      await rm(keepLogs ? path.join(folder, 'data') : folder, { recursive: true, force: true })
    },
  }
}

interface AppsStart extends ClusterOptions {
  environmentOf: NonNullable<ClusterOptions['environmentOf']>
  redisUrl: string
  data: string
  logs: string
  onEnd: (pid: number) => void
}

async function startApps({ apis = 1, workers = 2, environmentOf, redisUrl, data, logs, onEnd }: AppsStart) {
  const start = (name: AppName, settings: NodeJS.ProcessEnv = {}): Promise<AppProcess> => {
    const env = { ...userEnvironment(), TRAINYARD_DATA: data, ...settings, ...environmentOf(name) }
    return startAppProcess({ name, redisUrl, env, logFolder: logs, onEnd })
  }
  const ports = await Promise.all(Array.from({ length: apis }, freePort))
  return {
    ports,
    apis: await Promise.all(ports.map((port, i) => start(`api-${i + 1}`, { TRAINYARD_PORT: `${port}` }))),
    workers: await Promise.all(Array.from({ length: workers }, (_, i) => start(`worker-${i + 1}`))),
  }
}

function assertEnded(trainers: readonly number[]): void {
  const orphans = trainers.filter(isRunning)
  if (orphans.length > 0) throw new Error(`trainers ${orphans.join(', ')} have outlived their worker`)
}

/** Without what the test's own runner has set. */
function userEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(TRAINYARD_|VITEST|REDIS_URL|NODE_ENV|NODE_OPTIONS)/.test(name))
  return { ...Object.fromEntries(own), NODE_ENV: 'production' }
}
