import process from 'node:process'
import { identityOf } from '../process/process-identity.mjs'
import { endedTooEarly, startApp } from './app-process.mjs'
import { waitUntilReady } from './ready.mjs'
import { startRedis } from './redis/start-redis.mjs'
import { stopOrphans, removeRunRecord, writeRunRecord } from './run-record.mjs'

/** All of it ends within 30 s: a worker drains, its clients see that, the API closes, and Redis stops last. */
const WORKER_STOP_TIMEOUT_MS = 25_000
const UNREADY_STOP_TIMEOUT_MS = 1000
const API_STOP_TIMEOUT_MS = 2500
const REDIS_STOP_TIMEOUT_MS = 2000
const WORKER = 'worker/src/main.ts'

/**
 * @typedef {object} ServiceOptions
 * @property {string} data
 * @property {number} port
 * @property {string} host the address that the API listens on
 * @property {number} workers
 * @property {string | null} redisServer the program to run; null: REDIS_URL has the one to use
 * @property {NodeJS.ProcessEnv} env
 * @property {(text: string) => void} say
 */

/** Redis, the API and the workers as one. @param {ServiceOptions} options */
export function createService({ data, port, host, workers, redisServer, env, say }) {
  const url = `http://${reachableAt(host)}:${port}`
  /** @type {{ redis: Awaited<ReturnType<typeof startRedis>> | null, apps: import('./app-process.mjs').AppProcess[] }} */
  const running = { redis: null, apps: [] }
  let stopping = false
  let ready = false
  const record = () => writeRunRecord(data, recordOf({ url, ...running }))
  const supervision = { say, mayRestart: () => ready, onRestart: record }

  async function start() {
    await stopOrphans(data)
    if (redisServer && !stopping) {
      running.redis = await startRedis({ server: redisServer, data, ...supervision })
      record()
      await running.redis.ready()
    }
    if (stopping) return
    const redisUrl = running.redis?.url ?? env['REDIS_URL']
    const appEnv = {
      NODE_ENV: 'production',
      ...env,
      REDIS_URL: redisUrl,
      TRAINYARD_DATA: data,
      TRAINYARD_PORT: `${port}`,
      TRAINYARD_HOST: host,
    }
    running.apps = appsOf(workers).map((app) =>
      startApp({ ...app, data, env: appEnv, supervision: { ...supervision, mayExit: app.script === WORKER } }),
    )
    record()
    // A worker that lacks what its settings name, such as a GPU, ends this start; restarting it would not help.
    const [, ...workerApps] = running.apps
    await Promise.race([Promise.all([waitUntilReady(url), ...workerApps.map((app) => app.started)]), ...running.apps.map(endedTooEarly)])
    ready = true
  }

  async function stop() {
    stopping = true
    const [api, ...rest] = running.apps
    const timeoutMs = ready ? WORKER_STOP_TIMEOUT_MS : UNREADY_STOP_TIMEOUT_MS
    await Promise.all(rest.map((worker) => worker.stop({ timeoutMs })))
    await api?.stop({ timeoutMs: API_STOP_TIMEOUT_MS })
    await running.redis?.stop({ timeoutMs: REDIS_STOP_TIMEOUT_MS })
    removeRunRecord(data)
  }

  function kill() {
    for (const app of running.apps) app.kill()
    running.redis?.kill()
  }

  return { url, start, stop, kill }
}

/** An address at which this host itself finds the API. @param {string} host */
function reachableAt(host) {
  if (['0.0.0.0', '::', 'localhost'].includes(host)) return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

/** The API first, then the workers. @param {number} workers */
function appsOf(workers) {
  const several = Array.from({ length: workers }, (_, i) => ({ name: `Worker ${i + 1}`, log: `worker-${i + 1}`, script: WORKER }))
  return [
    { name: 'The API', log: 'api', script: 'api/src/server.ts' },
    ...(workers === 1 ? [{ name: 'The worker', log: 'worker', script: WORKER }] : several),
  ]
}

/**
 * @param {{ url: string, redis: Awaited<ReturnType<typeof startRedis>> | null, apps: import('./app-process.mjs').AppProcess[] }} running
 * @returns {import('./run-record.mjs').RunRecord}
 */
function recordOf({ url, redis, apps }) {
  const identity = (/** @type {number | null} */ pid) => (pid === null ? null : identityOf(pid))
  const children = apps.flatMap((app) => identity(app.pid()) ?? [])
  return { pid: process.pid, url, redis: redis && { port: redis.port, identity: identity(redis.pid()) }, children }
}
