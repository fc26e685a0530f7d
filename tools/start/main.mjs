import { mkdirSync, realpathSync } from 'node:fs'
import process from 'node:process'
import { tryHostLock } from '../process/host-lock.mjs'
import { runTool } from '../process/run-tool.mjs'
import { requestedEngine } from '../setup/engine/engine-flavour.mjs'
import { setup } from '../setup/setup.mjs'
import { codeOf, ToolError } from '../process/tool-error.mjs'
import { runExample, welcome } from './example.mjs'
import { HELP, parseStartFlags } from './flags.mjs'
import { requireFreePort } from './ports.mjs'
import { isEmpty, waitForWorker } from './ready.mjs'
import { readRunRecord } from './run-record.mjs'
import { createService } from './service.mjs'
import { aborted, listenForStop } from './stop-signal.mjs'

const { stdout } = process
/** @param {string} text */
const say = (text) => void stdout.write(`${text}\n`)

await runTool(async () => {
  // npm runs this in the repository; a relative path is meant from where the user is.
  const flags = parseStartFlags({ args: process.argv.slice(2), env: process.env, cwd: process.env['INIT_CWD'] ?? process.cwd() })
  if (flags.help) {
    stdout.write(HELP)
    return 0
  }
  stdout.on('error', () => {}) // a terminal that is gone is no reason to stop uncleanly
  const env = environmentOf(flags)
  requireOneWorkerOnGpus({ workers: flags.workers, env })
  await claimDataFolder(flags.data)
  await requireFreePort(flags.port)
  const { redisServer } = await setup({ redis: !env['REDIS_URL'], env, stream: stdout })
  await runService({ ...flags, env, redisServer })
  return 0
})

/** The environment of setup and the apps. @param {import('./flags.mjs').StartFlags} flags @returns {NodeJS.ProcessEnv} */
function environmentOf({ maxDiskBytes, engine, gpus }) {
  return {
    ...process.env,
    ...(maxDiskBytes !== null && { TRAINYARD_MAX_DISK_BYTES: `${maxDiskBytes}` }),
    ...(engine !== null && { TRAINYARD_ENGINE: engine }),
    ...(gpus !== null && { TRAINYARD_GPUS: gpus }),
  }
}

/** Each of several would take all GPUs, and none knows of the others' memory. @param {{ workers: number, env: NodeJS.ProcessEnv }} options */
function requireOneWorkerOnGpus({ workers, env }) {
  if (workers === 1 || requestedEngine(env) === 'cpu' || env['TRAINYARD_GPUS'] === 'none') return
  throw new ToolError(
    'On GPUs one worker runs all trainers, one per GPU, or TRAINYARD_TRAINERS_PER_GPU: leave out --workers, or use --engine cpu',
  )
}

/** @param {import('./flags.mjs').StartFlags & { env: NodeJS.ProcessEnv, redisServer: string | null }} options */
async function runService({ data, port, host, workers, example, env, redisServer }) {
  const service = createService({ data, port, host, workers, redisServer, env, say })
  const stop = listenForStop({
    onSecond: () => {
      service.kill()
      process.exit(1)
    },
  })
  try {
    await Promise.race([service.start(), aborted(stop)])
    if (!stop.aborted) await Promise.race([greet({ service, port, example, env, stop }), aborted(stop)])
    await aborted(stop)
    say('\nStopping: the worker writes down what it has, Redis goes last …')
  } finally {
    await service.stop()
  }
  say('Stopped. Everything is kept for the next start.')
  process.exit(0)
}

/** @param {{ service: ReturnType<typeof createService>, port: number, example: boolean, env: NodeJS.ProcessEnv, stop: AbortSignal }} options */
async function greet({ service: { url }, port, example, env, stop }) {
  if (example && (await isEmpty(url))) {
    await waitForWorker(url)
    say(`Trainyard is ready. An example, in less than a minute: the lesson of the notebook.\n`)
    await runExample({ url, env, signal: stop })
  }
  if (!stop.aborted) say(welcome({ url, port }))
}

/** One service for a data directory at a time. @param {string} data */
async function claimDataFolder(data) {
  try {
    mkdirSync(data, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new ToolError(`The data directory ${data} cannot be made (${codeOf(error)}): choose another with npm start -- --data <folder>`, {
      cause: error,
    })
  }
  if (await tryHostLock(`data ${realpathSync(data)}`)) return
  const running = readRunRecord(data)
  const where = running ? ` at ${running.url} (pid ${running.pid})` : ''
  throw new ToolError(
    `Trainyard runs already with the data in ${data}${where}: use that one, or stop it first, or give --data another folder`,
  )
}
