import { execFileSync } from 'node:child_process'
import process from 'node:process'
import { engineInstalled } from '../setup/engine.mjs'
import { onPath } from '../setup/on-path.mjs'
import { ROOT } from '../repository.mjs'
import { messageOf } from '../tool-error.mjs'

const ANSWERS_WITHIN_MS = 15_000
const TO_GPU = 'run npm run setup -- --engine gpu, or set TRAINYARD_ENGINE=cpu'

/** @typedef {import('./finding.mjs').Finding} Finding */

/** GPUs, their driver, and whether the engine that is installed can use them. @param {NodeJS.ProcessEnv} env @returns {Finding} */
export function checkGpu(env) {
  const wish = env['TRAINYARD_ENGINE'] || 'auto'
  const name = 'gpu'
  const program = onPath('nvidia-smi', env)
  if (!program) {
    const without = 'no NVIDIA driver here (nvidia-smi is not on PATH)'
    return wish === 'gpu'
      ? { name, ok: false, detail: `${without}: install it, in a container NVIDIA's Container Toolkit, or set TRAINYARD_ENGINE=cpu` }
      : { name, ok: null, detail: `${without}; training uses the CPU` }
  }
  const { gpus, failure } = askDriver({ program, env })
  if (failure !== null) {
    return { name, ok: wish === 'cpu' ? null : false, detail: `nvidia-smi: ${failure}: restart after the driver's update, or reinstall it` }
  }
  if (gpus.length === 0) return { name, ok: wish === 'gpu' ? false : null, detail: 'the NVIDIA driver lists no GPU' }
  const listed = gpus.join('; ')
  if (wish === 'cpu') return { name, ok: null, detail: `${listed}; not used, for TRAINYARD_ENGINE=cpu` }
  if (process.arch !== 'x64') return { name, ok: null, detail: `${listed}; there is no TensorFlow for GPUs on ${process.arch}` }
  if (!engineInstalled(ROOT, 'gpu')) return { name, ok: false, detail: `${listed}; TensorFlow's GPU build is not installed: ${TO_GPU}` }
  return { name, ok: true, detail: `${listed}; TensorFlow's GPU build is installed` }
}

/** @param {{ program: string, env: NodeJS.ProcessEnv }} options @returns {{ gpus: string[], failure: string | null }} */
function askDriver({ program, env }) {
  try {
    const args = ['--query-gpu=index,name,memory.total,driver_version', '--format=csv,noheader']
    const printed = execFileSync(program, args, { env, encoding: 'utf8', timeout: ANSWERS_WITHIN_MS, stdio: ['ignore', 'pipe', 'pipe'] })
    const rows = printed.split('\n').map((line) => line.split(', '))
    return {
      gpus: rows.flatMap(([index, name, memory, driver]) => (driver ? `${index}: ${name}, ${memory}, driver ${driver}` : [])),
      failure: null,
    }
  } catch (error) {
    const said = ['stdout', 'stderr'].map((stream) => String(Reflect.get(Object(error), stream) ?? '')).join('\n')
    if (said.includes('No devices were found')) return { gpus: [], failure: null }
    return { gpus: [], failure: said.trim().split('\n')[0] || messageOf(error) }
  }
}
