import process from 'node:process'
import { queryNvidiaSmi } from '../../gpu/nvidia-smi.mjs'
import { ToolError } from '../../process/tool-error.mjs'
import { onPath } from '../../process/on-path.mjs'

const ENGINES = ['auto', 'cpu', 'gpu']

/** @typedef {'cpu' | 'gpu'} EngineFlavour TensorFlow's build for processors alone, or the one for NVIDIA's GPUs, which can use both */

/**
 * Which of TensorFlow's two builds is wanted: TRAINYARD_ENGINE's, where auto, the default, is the GPU's on hosts where NVIDIA's driver lists one.
 * @param {NodeJS.ProcessEnv} env
 * @returns {EngineFlavour}
 */
export function requestedEngine(env) {
  const choice = parseEngine(env['TRAINYARD_ENGINE'] || 'auto', 'TRAINYARD_ENGINE')
  if (choice === 'cpu' || (choice === 'auto' && env['TRAINYARD_GPUS'] === 'none')) return 'cpu'
  if (process.arch === 'x64') return choice === 'gpu' || listsGpus(env) ? 'gpu' : 'cpu'
  if (choice === 'auto') return 'cpu'
  throw new ToolError(
    `There is no TensorFlow for GPUs on ${process.arch}: use TRAINYARD_ENGINE=cpu (or --engine cpu), or a host with an x64 processor`,
  )
}

/** @param {string} text @param {string} name of the setting */
export function parseEngine(text, name) {
  if (ENGINES.includes(text)) return text
  throw new ToolError(`${name} must be ${ENGINES.join(', ')}, not "${text}"`)
}

/**
 * A container sees the host's /proc/driver/nvidia without its GPUs, but has nvidia-smi only together with them. Training on the CPU
 * in silence because the driver fails would be wrong.
 * @param {NodeJS.ProcessEnv} env
 */
function listsGpus(env) {
  const program = onPath('nvidia-smi', env)
  if (!program) return false
  const { rows, failure } = queryNvidiaSmi({ program, query: 'name', env })
  if (failure === null) return rows.length > 0
  throw new ToolError(
    `NVIDIA's driver is installed here and does not work (nvidia-smi: ${failure}): restart after its update or reinstall it; to do without GPUs: --engine cpu, or TRAINYARD_ENGINE=cpu`,
  )
}
