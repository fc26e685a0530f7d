import path from 'node:path'
import { redisCommand } from '../start/redis/redis-command.mjs'
import { cacheFolder } from '../setup/cache-folder.mjs'
import { findRedisServer } from '../setup/redis-server.mjs'
import { readPassword } from '../start/redis/start-redis.mjs'
import { readRunRecord } from '../start/run-record.mjs'
import { isAlive } from '../process/process-identity.mjs'
import { errorMessage } from '../process/tool-error.mjs'

const DEFAULT_URL = 'http://127.0.0.1:8787'
const RESPONSE_TIMEOUT_MS = 3000

/** @typedef {import('./finding.mjs').Finding} Finding */
/** @typedef {{ env: NodeJS.ProcessEnv, data: string }} Where */

/** @param {Where} where @returns {Promise<Finding>} */
export async function checkRedis({ env, data }) {
  const url = env['REDIS_URL'] ?? ownRedisUrl(data)
  if (!url) {
    const program = findRedisServer({ cache: cacheFolder(env), env })
    return { name: 'redis', ok: null, detail: `not running now; npm start runs ${program ?? 'one that setup fetches'}` }
  }
  try {
    const info = await redisCommand({ url, command: ['INFO'] })
    const value = (/** @type {string} */ name) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? ''
    return judgeRedis({
      version: value('valkey_version') || value('redis_version'),
      policy: value('maxmemory_policy'),
      aof: value('aof_enabled'),
    })
  } catch (error) {
    const advice = env['REDIS_URL'] ? 'check that it runs and that REDIS_URL is right' : 'stop the service and run npm start again'
    return { name: 'redis', ok: false, detail: `it does not answer (${errorMessage(error)}): ${advice}` }
  }
}

/** @param {{ version: string, policy: string, aof: string }} redis @returns {Finding} */
function judgeRedis({ version, policy, aof }) {
  const kept = aof === '1' ? 'append-only file on' : 'append-only file off, so a crash of Redis loses experiments'
  if (policy !== 'noeviction') {
    return {
      name: 'redis',
      ok: false,
      detail: `${version}, maxmemory-policy ${policy}: set it to noeviction, or experiments are thrown away`,
    }
  }
  return { name: 'redis', ok: aof === '1', detail: `${version}, ${policy}, ${kept}${aof === '1' ? '' : ': set appendonly yes'}` }
}

/** @param {Where} where @returns {Promise<Finding>} */
export async function checkApi({ env, data }) {
  const expected = env['TRAINYARD_URL'] ?? readRunRecord(data)?.url
  const url = expected ?? DEFAULT_URL
  try {
    const answer = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS) })
    if (answer.ok) return { name: 'api', ok: true, detail: `ready at ${url}` }
    return { name: 'api', ok: false, detail: `${url} answers but is not ready: ${await answer.text()}` }
  } catch {
    if (expected) return { name: 'api', ok: false, detail: `nothing answers at ${url}: run npm start, or correct TRAINYARD_URL` }
    return { name: 'api', ok: null, detail: `not running at ${url}: npm start runs it` }
  }
}

/** The one that `npm start` runs for this data directory. @param {string} data */
function ownRedisUrl(data) {
  const redis = readRunRecord(data)?.redis
  if (!redis?.identity || !isAlive(redis.identity)) return null
  return `redis://:${readPassword(path.join(data, 'redis', 'password'))}@127.0.0.1:${redis.port}`
}
