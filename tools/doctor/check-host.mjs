import { accessSync, constants, existsSync, statSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { installedCompilers } from '../setup/compilers.mjs'
import { freeBytes } from '../setup/disk-space.mjs'
import { requireSupportedPlatform, thisHost } from '../setup/platform.mjs'
import { messageOf } from '../tool-error.mjs'
import { missing, ok, optional } from './check.mjs'

/** Flowers102's archive, the images in it, and decoded splits; checkpoints come on top. */
const WANTED_FREE_BYTES = 2e9

export function checkNode() {
  const host = thisHost()
  try {
    requireSupportedPlatform(host)
    return ok('host', `Node ${host.node} on ${host.platform} ${host.arch}, glibc ${host.glibc}`)
  } catch (error) {
    return missing('host', { detail: 'this host cannot train', advice: messageOf(error) })
  }
}

/** @param {NodeJS.ProcessEnv} env */
export function checkCompiler(env) {
  const [first] = installedCompilers(env)
  if (first) return ok('compiler', first.command)
  return optional('compiler', { detail: 'no g++, c++ or clang++; setup fetches one when it needs it' })
}

/** @param {string} data */
export function checkData(data) {
  if (!existsSync(data)) return optional('data directory', { detail: `${data} is not there yet; npm start makes it` })
  try {
    accessSync(data, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch {
    return missing('data directory', { detail: `${data} cannot be written`, advice: `run chown -R ${process.getuid?.() ?? '$USER'} on it` })
  }
  const open = (statSync(data).mode & 0o077) !== 0
  if (!open) return ok('data directory', data)
  return optional('data directory', { detail: `${data}, which others on this host can read`, advice: `chmod 700 ${data} keeps them out` })
}

/** @param {{ data: string, cache: string }} folders */
export function checkDisk({ data, cache }) {
  const text = (/** @type {string} */ folder) => `${(freeBytes(folder) / 1e9).toFixed(1)} GB free for ${folder}`
  const detail = `${text(data)}, ${text(cache)}`
  if (freeBytes(data) >= WANTED_FREE_BYTES) return ok('disk', detail)
  return missing('disk', { detail, advice: `free ${WANTED_FREE_BYTES / 1e9} GB, or give --data a folder on a larger disk` })
}

/** @param {{ env: NodeJS.ProcessEnv, data: string }} options */
export function checkFlowers102({ env, data }) {
  const root = env['FLOWERS102_ROOT']
  if (!root)
    return optional('Flowers102', { detail: `FLOWERS102_ROOT is not set; npx trainyard datasets fetch flowers102 puts it into ${data}` })
  // As torchvision lays it out: in a folder of this name below its root.
  const folder = path.join(root, 'flowers-102')
  const absent = ['setid.mat', 'imagelabels.mat', 'jpg'].filter((name) => !existsSync(path.join(folder, name)))
  if (absent.length === 0) return ok('Flowers102', folder)
  return missing('Flowers102', {
    detail: `${absent.join(', ')} not in ${folder}`,
    advice: 'set FLOWERS102_ROOT to the folder that holds flowers-102',
  })
}
