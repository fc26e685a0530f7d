import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { withHostLock } from '../process/host-lock.mjs'
import { ROOT } from '../process/repository.mjs'
import { codeOf, ToolError } from '../process/tool-error.mjs'
import { createProgressLog } from './progress-log.mjs'
import { cacheFolder } from './cache-folder.mjs'
import { buildDashboard, dashboardBuilt } from './dashboard.mjs'
import { engineInstalled, installEngine } from './engine/engine.mjs'
import { requestedEngine } from './engine/engine-flavour.mjs'
import { installPackages, ownNodeLinked, packagesInstalled } from './packages.mjs'
import { requireSupportedPlatform, thisHost } from './platform.mjs'
import { fetchRedisServer, findRedisServer } from './redis-server.mjs'

/**
 * @typedef {object} SetupOptions
 * @property {boolean} redis whether a Redis server's program is needed
 * @property {NodeJS.ProcessEnv} env
 * @property {{ isTTY?: boolean, write(text: string): unknown }} stream for its progress
 *
 * TRAINYARD_ENGINE in `env` selects TensorFlow's build: see engine-flavour.mjs.
 */

/**
 * Installs what is missing: packages, Node 24, the TensorFlow engine, the dashboard, a Redis server. Prints nothing where nothing is.
 * @param {SetupOptions} options
 * @returns {Promise<{ redisServer: string | null, did: boolean }>}
 */
export async function setup({ redis, env, stream }) {
  requireSupportedPlatform(thisHost())
  const engine = requestedEngine(env)
  const cache = cacheFolder(env)
  const present = () => packagesInstalled(ROOT) && ownNodeLinked(ROOT) && engineInstalled(ROOT, engine) && dashboardBuilt(ROOT)
  const found = redis ? findRedisServer({ cache, env }) : null
  if (present() && (found || !redis)) return { redisServer: found, did: false }

  makeFolder(cache)
  const say = (/** @type {string} */ line) => void stream.write(`${line}\n`)
  const onWait = () => say('Another setup is running on this host; waiting for it …')
  return withHostLock({ name: `setup ${cache}`, onWait }, async () => {
    const log = path.join(cache, 'setup.log')
    writeFileSync(log, `setup of ${ROOT}, ${new Date().toISOString()}\n`)
    const context = { root: ROOT, cache, env, log, announce: createProgressLog({ stream }), say }
    await installPackages(context)
    if (!engineInstalled(ROOT, engine)) await installEngine(context, engine)
    if (!dashboardBuilt(ROOT)) await buildDashboard(context)
    const redisServer = redis ? (findRedisServer({ cache, env }) ?? (await fetchRedisServer(context))) : null
    return { redisServer, did: true }
  })
}

/** @param {string} folder */
function makeFolder(folder) {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw new ToolError(`The cache folder ${folder} cannot be made (${codeOf(error)}): set XDG_CACHE_HOME to a folder that you can write`, {
      cause: error,
    })
  }
}
