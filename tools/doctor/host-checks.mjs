import { execFileSync } from 'node:child_process'
import { accessSync, constants, existsSync, statfsSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { OWN_NODE, ROOT } from '../process/repository.mjs'
import { installedCompilers } from '../setup/engine/compilers.mjs'
import { packagesInstalled } from '../setup/packages.mjs'
import { requireSupportedPlatform, thisHost } from '../setup/platform.mjs'
import { errorMessage } from '../process/tool-error.mjs'

/** Below either of these the service writes no checkpoints and takes no experiments. */
const MIN_FREE_BYTES = 2 * 2 ** 30
const MIN_FREE_SHARE = 0.05

/** @typedef {import('./finding.mjs').Finding} Finding */

/** @returns {Finding} */
export function checkPlatform() {
  const host = thisHost()
  try {
    requireSupportedPlatform(host)
    return { name: 'platform', ok: true, detail: `${host.platform} ${host.arch}, glibc ${host.glibc}` }
  } catch (error) {
    return { name: 'platform', ok: false, detail: errorMessage(error) }
  }
}

/** @returns {Finding} */
export function checkNode() {
  if (!existsSync(OWN_NODE) || !packagesInstalled(ROOT)) {
    return { name: 'packages', ok: false, detail: 'not installed, or not those of package-lock.json: run npm run setup' }
  }
  const version = execFileSync(OWN_NODE, ['--version'], { encoding: 'utf8' }).trim()
  return { name: 'packages', ok: true, detail: `installed, with Node ${version} (this host has ${process.version})` }
}

/** @param {NodeJS.ProcessEnv} env @returns {Finding} */
export function checkEngine(env) {
  if (!existsSync(OWN_NODE)) return { name: 'engine', ok: false, detail: 'not installed: run npm run setup' }
  const script = fileURLToPath(new URL('print-engine.mjs', import.meta.url))
  try {
    const printed = execFileSync(OWN_NODE, [script], { cwd: ROOT, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    /** @type {{ name: string, version: string, device: string, threads: number }} */
    const { name, version, device, threads } = JSON.parse(printed)
    return { name: 'engine', ok: true, detail: `TensorFlow ${version} (${name}) on ${device}, ${threads} threads` }
  } catch (error) {
    const reason = /Error: (.*)/.exec(errorMessage(error))?.[1] ?? 'it could not be loaded'
    return { name: 'engine', ok: false, detail: /npm run setup|--engine/.test(reason) ? reason : `${reason}: run npm run setup` }
  }
}

/** @param {NodeJS.ProcessEnv} env @returns {Finding} */
export function checkCompiler(env) {
  const names = installedCompilers(env).map(({ name }) => name)
  if (names.length > 0) return { name: 'compiler', ok: true, detail: names.join(', ') }
  return { name: 'compiler', ok: null, detail: 'none installed; setup fetches one where it has to compile' }
}

/** @param {string} data @returns {Finding[]} */
export function checkData(data) {
  let existing = data
  while (!existsSync(existing)) existing = path.dirname(existing)
  const { bavail, blocks, bsize } = statfsSync(existing)
  const free = bavail * bsize
  const enough = free >= MIN_FREE_BYTES && bavail / blocks >= MIN_FREE_SHARE
  const left = `${(free / 2 ** 30).toFixed(1)} GiB free, ${Math.round((bavail / blocks) * 100)} % of all`
  return [
    isWritable(existing)
      ? { name: 'data', ok: true, detail: existing === data ? data : `${data}, made at the first start` }
      : { name: 'data', ok: false, detail: `${data} cannot be written: give --data another folder, or set TRAINYARD_DATA` },
    enough
      ? { name: 'disk', ok: true, detail: left }
      : { name: 'disk', ok: false, detail: `${left}: the service needs 2 GiB and 5 % free, so free some space` },
  ]
}

/** @param {{ env: NodeJS.ProcessEnv, data: string }} options @returns {Finding} */
export function checkFlowers102({ env, data }) {
  const root = env['FLOWERS102_ROOT']
  const present = (/** @type {string} */ folder) => existsSync(path.join(folder, 'flowers-102', 'jpg'))
  if (root && present(root)) return { name: 'flowers102', ok: true, detail: `in ${root} (FLOWERS102_ROOT)` }
  if (root) {
    return {
      name: 'flowers102',
      ok: false,
      detail: `FLOWERS102_ROOT=${root} holds no flowers-102/jpg: correct it, or unset it to download them`,
    }
  }
  const own = path.join(data, 'datasets', 'flowers102')
  if (present(own)) return { name: 'flowers102', ok: true, detail: `in ${own}` }
  return {
    name: 'flowers102',
    ok: null,
    detail: 'not here; downloaded at its first use, or now with npx trainyard datasets fetch flowers102',
  }
}

/** @param {string} folder */
function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}
