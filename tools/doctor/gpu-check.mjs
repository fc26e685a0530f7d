import process from 'node:process'
import { queryNvidiaSmi } from '../gpu/nvidia-smi.mjs'
import { engineInstalled } from '../setup/engine/engine.mjs'
import { onPath } from '../process/on-path.mjs'
import { ROOT } from '../process/repository.mjs'

const TO_GPU = 'run npm run setup -- --engine gpu, or set TRAINYARD_ENGINE=cpu'

/** @typedef {import('./finding.mjs').Finding} Finding */

/** GPUs, their driver, and whether the engine that is installed can use them. @param {NodeJS.ProcessEnv} env @returns {Finding} */
export function checkGpu(env) {
  const choice = env['TRAINYARD_ENGINE'] || 'auto'
  const name = 'gpu'
  const program = onPath('nvidia-smi', env)
  if (!program) {
    const without = 'no NVIDIA driver here (nvidia-smi is not on PATH)'
    return choice === 'gpu'
      ? { name, ok: false, detail: `${without}: install it, in a container NVIDIA's Container Toolkit, or set TRAINYARD_ENGINE=cpu` }
      : { name, ok: null, detail: `${without}; training uses the CPU` }
  }
  const { rows, failure } = queryNvidiaSmi({ program, query: 'index,name,memory.total,driver_version', env })
  const gpus = rows.flatMap(([index, gpu, memory, driver]) => (driver ? `${index}: ${gpu}, ${memory}, driver ${driver}` : []))
  if (failure !== null) {
    return {
      name,
      ok: choice === 'cpu' ? null : false,
      detail: `nvidia-smi: ${failure}: restart after the driver's update, or reinstall it`,
    }
  }
  if (gpus.length === 0) return { name, ok: choice === 'gpu' ? false : null, detail: 'the NVIDIA driver lists no GPU' }
  const listed = gpus.join('; ')
  if (choice === 'cpu') return { name, ok: null, detail: `${listed}; not used, for TRAINYARD_ENGINE=cpu` }
  if (process.arch !== 'x64') return { name, ok: null, detail: `${listed}; there is no TensorFlow for GPUs on ${process.arch}` }
  if (!engineInstalled(ROOT, 'gpu')) return { name, ok: false, detail: `${listed}; TensorFlow's GPU build is not installed: ${TO_GPU}` }
  return { name, ok: true, detail: `${listed}; TensorFlow's GPU build is installed` }
}
