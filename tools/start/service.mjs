import { spawn } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { identityOf } from '../process-identity.mjs'
import { OWN_NODE, ROOT } from '../repository.mjs'
import { ToolError } from '../tool-error.mjs'
import { lastSentence, openLog } from './log-files.mjs'
import { waitUntilReady } from './ready.mjs'
import { startRedis } from './redis.mjs'
import { endLeftovers, removeRunRecord, writeRunRecord } from './run-record.mjs'
import { supervise } from './supervise.mjs'

/** All of it is over within 30 s: a worker drains, its clients see that, the API closes, and Redis goes when nobody needs it. */
const WORKERS_LEAVE_WITHIN_MS = 25_000
const NOTHING_TO_SAVE_MS = 1000
const API_CLOSES_WITHIN_MS = 2500
const REDIS_ENDS_WITHIN_MS = 2000
const PRELOAD = fileURLToPath(new URL('leave-with-parent.mjs', import.meta.url))

/**
 * @typedef {object} ServiceOptions
 * @property {string} data
 * @property {number} port
 * @property {number} workers
 * @property {string | null} redisServer the program to run; null: REDIS_URL says where one runs
 * @property {NodeJS.ProcessEnv} env
 * @property {(text: string) => void} say
 */

/** Redis, the API and the workers as one. @param {ServiceOptions} options */
export function createService({ data, port, workers, redisServer, env, say }) {
  const url = `http://127.0.0.1:${port}`
  /** @type {Awaited<ReturnType<typeof startRedis>> | null} */
  let redis = null
  /** @type {ReturnType<typeof supervise>[]} */
  const apps = []
  let stopping = false
  let ready = false
  const supervision = { say, mayRestart: () => ready, onRestart: record }

  function record() {
    const identity = (/** @type {number | null} */ pid) => (pid === null ? null : identityOf(pid))
    const children = apps.flatMap((app) => identity(app.pid()) ?? [])
    writeRunRecord(data, { pid: process.pid, url, redis: redis && { port: redis.port, identity: identity(redis.pid()) }, children })
  }

  /** @param {{ name: string, script: string, redisUrl: string }} app */
  function launchApp({ name, script, redisUrl }) {
    const { file: log, descriptor } = openLog({ data, name: name.toLowerCase().replaceAll(' ', '-').replace('the-', '') })
    const childEnv = { NODE_ENV: 'production', ...env, REDIS_URL: redisUrl, TRAINYARD_DATA: data, TRAINYARD_PORT: `${port}` }
    /** A process group of its own: Ctrl-C reaches it once, through us. When we are gone its channel closes, and it leaves. */
    const launch = () =>
      spawn(OWN_NODE, ['--import', PRELOAD, path.join(ROOT, 'apps', script)], {
        cwd: ROOT,
        env: childEnv,
        detached: true,
        stdio: ['ignore', descriptor, descriptor, 'ipc'],
      })
    const app = supervise({ name, log, launch, ...supervision })
    apps.push(app)
    return app
  }

  async function start() {
    await endLeftovers(data)
    if (stopping) return
    if (redisServer) {
      redis = await startRedis({ server: redisServer, data, ...supervision })
      record()
      await redis.ready()
    }
    if (stopping) return
    const redisUrl = redis?.url ?? env['REDIS_URL'] ?? ''
    launchApp({ name: 'The API', script: 'api/src/server.ts', redisUrl })
    for (let i = 1; i <= workers; i++)
      launchApp({ name: workers === 1 ? 'The worker' : `Worker ${i}`, script: 'worker/src/main.ts', redisUrl })
    record()
    await Promise.race([waitUntilReady(url), ...apps.map(endedTooEarly)])
    ready = true
  }

  async function stop() {
    stopping = true
    const [api, ...rest] = apps
    const withinMs = ready ? WORKERS_LEAVE_WITHIN_MS : NOTHING_TO_SAVE_MS
    await Promise.all(rest.map((worker) => worker.stop({ withinMs })))
    await api?.stop({ withinMs: API_CLOSES_WITHIN_MS })
    await redis?.stop({ withinMs: REDIS_ENDS_WITHIN_MS })
    removeRunRecord(data)
  }

  function kill() {
    for (const app of apps) app.kill()
    redis?.kill()
  }

  return { url, start, stop, kill }
}

/** @param {ReturnType<typeof supervise>} app @returns {Promise<never>} */
async function endedTooEarly({ name, log, firstExit }) {
  const how = await firstExit
  throw new ToolError(`${name} could not be started: ${lastSentence(log) ?? how} (its log is ${log})`)
}
