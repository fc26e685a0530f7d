import { execFileSync } from 'node:child_process'
import process from 'node:process'
import { messageOf, ToolError } from '../tool-error.mjs'
import { onPath } from './on-path.mjs'

/** A driver that hangs must not hold up a start for ever. */
const ANSWERS_WITHIN_MS = 15_000
const WISHES = ['auto', 'cpu', 'gpu']

/** @typedef {'cpu' | 'gpu'} EngineFlavour TensorFlow's build for processors alone, or the one for NVIDIA's GPUs, which can use both */

/**
 * Which of TensorFlow's two builds is wanted: TRAINYARD_ENGINE's, where auto, the default, is the GPU's on hosts where NVIDIA's driver lists one.
 * @param {NodeJS.ProcessEnv} env
 * @returns {EngineFlavour}
 */
export function wantedEngine(env) {
  const wish = engineWish(env['TRAINYARD_ENGINE'] || 'auto', 'TRAINYARD_ENGINE')
  if (wish === 'cpu' || (wish === 'auto' && env['TRAINYARD_GPUS'] === 'none')) return 'cpu'
  if (process.arch === 'x64') return wish === 'gpu' || listsGpus(env) ? 'gpu' : 'cpu'
  if (wish === 'auto') return 'cpu'
  throw new ToolError(
    `There is no TensorFlow for GPUs on ${process.arch}: use TRAINYARD_ENGINE=cpu (or --engine cpu), or a host with an x64 processor`,
  )
}

/** @param {string} text @param {string} name of the setting */
export function engineWish(text, name) {
  if (WISHES.includes(text)) return text
  throw new ToolError(`${name} must be ${WISHES.join(', ')}, not "${text}"`)
}

/**
 * A container sees the host's /proc/driver/nvidia without its GPUs, but has nvidia-smi only together with them. A driver that fails is no reason to
 * train on the CPU without a word.
 * @param {NodeJS.ProcessEnv} env
 */
function listsGpus(env) {
  const program = onPath('nvidia-smi', env)
  if (!program) return false
  try {
    const args = ['--query-gpu=name', '--format=csv,noheader']
    const printed = execFileSync(program, args, { env, encoding: 'utf8', timeout: ANSWERS_WITHIN_MS, stdio: ['ignore', 'pipe', 'pipe'] })
    return printed.trim() !== ''
  } catch (error) {
    const said = ['stdout', 'stderr'].map((name) => String(Reflect.get(Object(error), name) ?? '')).join('\n')
    if (said.includes('No devices were found')) return false
    const why = said.trim().split('\n')[0] || messageOf(error)
    throw new ToolError(
      `NVIDIA's driver is installed here and does not work (nvidia-smi: ${why}): restart after its update or reinstall it; to do without GPUs: --engine cpu, or TRAINYARD_ENGINE=cpu`,
      { cause: error },
    )
  }
}
