import path from 'node:path'
import { parseArgs } from 'node:util'
import { parseEngine } from '../setup/engine/engine-flavour.mjs'
import { errorMessage, ToolError } from '../process/tool-error.mjs'

export const WORKER_HELP = `npm run worker -- [flags]     sets up what is missing, then runs a worker alone until Ctrl-C, for a service that runs elsewhere

  --redis <url>       that service's Redis, like redis://:password@host:6379 (REDIS_URL, which does not show in a list of processes)
  --engine <which>    TensorFlow's build: cpu, gpu, or auto: the GPU's where the NVIDIA driver lists one (TRAINYARD_ENGINE, or auto)
  --gpus <which>      GPUs to train on: all, none, or nvidia-smi's numbers like 0,2 (TRAINYARD_GPUS, or all that there are)
  --pools <names>     pools to take experiments from, like default,gpu (TRAINYARD_POOLS, or default)
  --data <folder>     where datasets, checkpoints and models are kept (TRAINYARD_DATA, or ~/.local/share/trainyard)
  --help              this text

TRAINYARD_TRAINERS_PER_GPU   how many train on each GPU at a time (1)
TRAINYARD_SLOTS              how many train at a time where no GPU is used (1)
`

const VARIABLES = new Map([
  ['redis', 'REDIS_URL'],
  ['engine', 'TRAINYARD_ENGINE'],
  ['gpus', 'TRAINYARD_GPUS'],
  ['pools', 'TRAINYARD_POOLS'],
  ['data', 'TRAINYARD_DATA'],
])

/**
 * The environment that the flags stand for; null: only the help text is wanted.
 * @param {{ args: string[], env: NodeJS.ProcessEnv, cwd: string }} options
 * @returns {NodeJS.ProcessEnv | null}
 */
export function workerEnvironment({ args, env, cwd }) {
  const { help, ...flags } = parse(args)
  if (help) return null
  if (flags.engine !== undefined) parseEngine(flags.engine, '--engine')
  if (flags.gpus !== undefined) gpuChoice(flags.gpus)
  const given = { ...flags, ...(flags.data !== undefined && { data: path.resolve(cwd, flags.data) }) }
  const named = Object.entries(given).map(([flag, value]) => [VARIABLES.get(flag) ?? flag, value])
  /** @type {NodeJS.ProcessEnv} */
  const all = { ...env, ...Object.fromEntries(named) }
  if (!all['REDIS_URL']) throw new ToolError("Say where the service's Redis is: --redis redis://host:6379, or REDIS_URL")
  return all
}

/** @param {string} text of --gpus */
export function gpuChoice(text) {
  if (/^(all|none|\d+(,\d+)*)$/.test(text)) return text
  throw new ToolError(`--gpus must be all, none, or nvidia-smi's numbers of GPUs like 0,2, not "${text}"`)
}

/** @param {string[]} args */
function parse(args) {
  const text = /** @type {const} */ ({ type: 'string' })
  try {
    return parseArgs({ args, options: { redis: text, engine: text, gpus: text, pools: text, data: text, help: { type: 'boolean' } } })
      .values
  } catch (error) {
    throw new ToolError(`${errorMessage(error).split(/\. |\n/)[0]}; npm run worker -- --help lists the flags`, { cause: error })
  }
}
