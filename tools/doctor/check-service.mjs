import path from 'node:path'
import { redisCommand } from '../redis-command.mjs'
import { findRedisServer } from '../setup/redis-server.mjs'
import { readPassword } from '../start/redis.mjs'
import { messageOf } from '../tool-error.mjs'
import { missing, ok, optional } from './check.mjs'

const OLDEST_MAJOR = 7
const ANSWERS_WITHIN_MS = 2000

/** @typedef {import('../start/run-record.mjs').RunRecord} RunRecord */

/** @param {{ data: string, cache: string, env: NodeJS.ProcessEnv, record: RunRecord | null }} options */
export async function checkRedis({ data, cache, env, record }) {
  const url = env['REDIS_URL'] || ownRedis({ data, record })
  if (!url) {
    const server = findRedisServer({ cache, env })
    if (server) return ok('Redis', `${server}, which npm start will run`)
    return optional('Redis', { detail: 'none on this host; npm start fetches one' })
  }
  const { host } = new URL(url)
  const advice = env['REDIS_URL'] ? 'start it, or unset REDIS_URL and npm start runs one' : 'stop npm start and start it again'
  try {
    return judge({ host, info: parseInfo(await redisCommand({ url, command: ['INFO'] })) })
  } catch (error) {
    return missing('Redis', { detail: `${host} does not answer (${messageOf(error)})`, advice })
  }
}

/** @param {{ env: NodeJS.ProcessEnv, record: RunRecord | null }} options */
export async function checkApi({ env, record }) {
  const url = env['TRAINYARD_URL'] ?? record?.url ?? 'http://127.0.0.1:8787'
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) })
    if (answer.ok) return ok('API', `${url} is ready`)
    return missing('API', { detail: `${url}/readyz answers ${answer.status}`, advice: `curl ${url}/readyz says why` })
  } catch {
    if (!record && !env['TRAINYARD_URL']) return optional('API', { detail: `nothing answers at ${url}; npm start runs it` })
    return missing('API', { detail: `nothing answers at ${url}`, advice: 'npm start runs it, and its logs are in the data directory' })
  }
}

/** @param {{ data: string, record: RunRecord | null }} options */
function ownRedis({ data, record }) {
  if (!record?.redis) return null
  return `redis://:${readPassword(path.join(data, 'redis', 'password'))}@127.0.0.1:${record.redis.port}`
}

/** @param {{ host: string, info: Map<string, string> }} options */
function judge({ host, info }) {
  const version = info.get('valkey_version') ?? info.get('redis_version') ?? 'of unknown version'
  const policy = info.get('maxmemory_policy') ?? 'unknown'
  const persistent = info.get('aof_enabled') === '1'
  const detail = `${version} at ${host}, ${policy}, append-only file ${persistent ? 'on' : 'off'}`
  const todo = [
    ...(Number.parseInt(info.get('redis_version') ?? '0', 10) < OLDEST_MAJOR ? ['install Redis 7 or newer'] : []),
    ...(policy === 'noeviction' ? [] : ['set maxmemory-policy noeviction, or it may throw experiments away']),
    ...(persistent ? [] : ['set appendonly yes, or a restart loses experiments']),
  ]
  return todo.length === 0 ? ok('Redis', detail) : missing('Redis', { detail, advice: todo.join('; ') })
}

/** @param {string} text @returns {Map<string, string>} */
function parseInfo(text) {
  const lines = text.split('\r\n').filter((line) => line.includes(':'))
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]))
}
