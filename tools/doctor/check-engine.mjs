import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { OWN_NODE, ROOT } from '../repository.mjs'
import { missing, ok } from './check.mjs'

const NAME = 'TensorFlow'
const ADVICE = 'run npm run setup'
const LOADS_WITHIN_MS = 60_000
// A process of its own: this one may be older than the TypeScript that loads TensorFlow, and a broken library ends its process.
const LOAD = `
const { loadEngine } = await import('@trainyard/tensorflow')
try {
  console.log(JSON.stringify(loadEngine(process.env).engine))
} catch (error) {
  console.log(JSON.stringify({ failure: error.message }))
}`

/** @param {NodeJS.ProcessEnv} env */
export async function checkEngine(env) {
  if (!existsSync(OWN_NODE)) return missing(NAME, { detail: 'the packages are not installed', advice: ADVICE })
  try {
    const { stdout } = await promisify(execFile)(OWN_NODE, ['--input-type=module', '--eval', LOAD], {
      cwd: ROOT,
      env,
      timeout: LOADS_WITHIN_MS,
    })
    /** @type {{ failure?: string, name: string, version: string, device: string, threads: number }} */
    const { failure, name, version, device, threads } = JSON.parse(stdout)
    if (failure) return missing(NAME, { detail: failure.replace(/\.$/, ''), advice: ADVICE })
    return ok(NAME, `${version} (${name}) on ${device}, ${threads} threads`)
  } catch {
    return missing(NAME, {
      detail: 'the process that loads it ended',
      advice: `remove node_modules/@tensorflow/tfjs-node-gpu and ${ADVICE}`,
    })
  }
}
