import { mkdirSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { ROOT } from '../../process/repository.mjs'
import { runTool } from '../../process/run-tool.mjs'
import { createProgressLog } from '../progress-log.mjs'
import { cacheFolder } from '../cache-folder.mjs'
import { requestedEngine } from './engine-flavour.mjs'
import { installEngine } from './engine.mjs'
import { requireSupportedPlatform, thisHost } from '../platform.mjs'

// TensorFlow alone, into packages that are there already: what an image's build does.
await runTool(async () => {
  const { env, stdout: stream } = process
  requireSupportedPlatform(thisHost())
  const cache = cacheFolder(env)
  mkdirSync(cache, { recursive: true })
  const say = (/** @type {string} */ line) => void stream.write(`${line}\n`)
  const context = { root: ROOT, cache, env, log: path.join(cache, 'setup.log'), announce: createProgressLog({ stream }), say }
  await installEngine(context, requestedEngine(env))
  return 0
})
