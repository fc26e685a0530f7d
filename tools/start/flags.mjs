import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { parseEngine } from '../setup/engine/engine-flavour.mjs'
import { errorMessage, ToolError } from '../process/tool-error.mjs'
import { gpuChoice } from '../worker/flags.mjs'

const MAX_WORKERS = 64

export const HELP = `npm start -- [flags]     sets up what is missing, then runs Redis, the API, a worker and its trainer until Ctrl-C

  --port <number>     where the API listens on this host (8787)
  --host <address>    the address it listens on: 127.0.0.1, for this host alone; 0.0.0.0, for all who have an API key (127.0.0.1)
  --data <folder>     where experiments, datasets, checkpoints and logs are kept (TRAINYARD_DATA, or ~/.local/share/trainyard)
  --workers <number>  how many experiments train at a time (1)
  --max-disk <size>   what checkpoints and models may take, like 20GB or 500MiB; those of experiments that ended first go (no bound)
  --engine <which>    TensorFlow's build: cpu, gpu, or auto: the GPU's where the NVIDIA driver lists one (TRAINYARD_ENGINE, or auto)
  --gpus <which>      GPUs to train on: all, none, or nvidia-smi's numbers like 0,2 (TRAINYARD_GPUS, or all that there are)
  --no-example        submit no example at the first start
  --help              this text

REDIS_URL            use this Redis instead of starting one
FLOWERS102_ROOT      a folder with Flowers102 in torchvision's layout (else it is downloaded at its first use)
`

/** @typedef {{ help: boolean, port: number, host: string, data: string, workers: number, maxDiskBytes: number | null, engine: string | null, gpus: string | null, example: boolean }} StartFlags */

/**
 * @param {{ args: string[], env: NodeJS.ProcessEnv, cwd: string }} options
 * @returns {StartFlags}
 */
export function parseStartFlags({ args, env, cwd }) {
  const values = parse(args)
  return {
    help: values.help ?? false,
    port: wholeNumber({ flag: 'port', text: values.port ?? '8787', most: 65_535 }),
    host: values.host ?? env['TRAINYARD_HOST'] ?? '127.0.0.1',
    data: values.data === undefined ? dataFolder({ env, cwd }) : path.resolve(cwd, values.data),
    workers: wholeNumber({ flag: 'workers', text: values.workers ?? '1', most: MAX_WORKERS }),
    maxDiskBytes: values['max-disk'] === undefined ? null : bytesOf(values['max-disk']),
    engine: values.engine === undefined ? null : parseEngine(values.engine, '--engine'),
    gpus: values.gpus === undefined ? null : gpuChoice(values.gpus),
    example: !values['no-example'],
  }
}

/** @param {{ env: NodeJS.ProcessEnv, cwd: string }} options */
export function dataFolder({ env, cwd }) {
  return path.resolve(cwd, env['TRAINYARD_DATA'] || path.join(os.homedir(), '.local', 'share', 'trainyard'))
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args,
      options: {
        help: { type: 'boolean' },
        port: { type: 'string' },
        host: { type: 'string' },
        data: { type: 'string' },
        workers: { type: 'string' },
        'max-disk': { type: 'string' },
        engine: { type: 'string' },
        gpus: { type: 'string' },
        'no-example': { type: 'boolean' },
      },
    }).values
  } catch (error) {
    const [sentence = ''] = errorMessage(error).split(/\. |\n/)
    throw new ToolError(`${sentence.replace(/\.$/, '')}; npm start -- --help lists the flags`, { cause: error })
  }
}

const DISK_UNITS = /** @type {Record<string, number>} */ ({ MB: 1e6, GB: 1e9, TB: 1e12, MIB: 2 ** 20, GIB: 2 ** 30, TIB: 2 ** 40 })

/** @param {string} text */
function bytesOf(text) {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text) ?? []
  const bytes = Math.floor(Number(number) * (DISK_UNITS[unit.toUpperCase()] ?? NaN))
  if (bytes >= 1) return bytes
  throw new ToolError(`--max-disk must be a size like 20GB or 500MiB, not "${text}"`)
}

/** @param {{ flag: string, text: string, most: number }} options */
function wholeNumber({ flag, text, most }) {
  const number = /^\d+$/.test(text) ? Number(text) : 0
  if (number >= 1 && number <= most) return number
  throw new ToolError(`--${flag} must be a whole number from 1 to ${most}, not "${text}"`)
}
