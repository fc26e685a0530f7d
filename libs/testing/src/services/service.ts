import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { freePort } from './free-port.ts'
import { poll } from '../inputs/poll.ts'

const root = path.join(import.meta.dirname, '..', '..', '..', '..')
const READY_TIMEOUT_MS = 120_000
const STOP_TIMEOUT_MS = 40_000

export interface Service {
  url: string
  data: string
  /** All that `npm start` has printed. */
  printed(): string
  /** Sends Ctrl-C to the whole process group, as a terminal does, and resolves with the exit code. */
  stop(): Promise<number | null>
  /** Runs a `trainyard` command against this service. */
  cli(...args: string[]): Promise<{ stdout: string; stderr: string }>
  /** Processes that still name this service's data folder in their command line or environment. */
  processes(): Promise<string[]>
}

interface ServiceOptions {
  flags?: string[]
  data?: string
  /** The port of one that was stopped; else a free one. */
  port?: number
  /** Settings beyond this process's own; with a REDIS_URL it starts no Redis. */
  env?: Record<string, string>
}

/** Starts Redis, API, workers and trainers as `npm start` does, on a free port with its own data folder. */
export async function startService({ flags = [], data, port: wanted, env: more = {} }: ServiceOptions = {}): Promise<Service> {
  const folder = data ?? (await mkdtemp(path.join(os.tmpdir(), 'trainyard-e2e-')))
  const port = wanted ?? (await freePort())
  const url = `http://127.0.0.1:${port}`
  const { REDIS_URL: _shared, ...own } = process.env
  const env = { ...own, ...more }
  const args = ['tools/start/main.mjs', '--port', `${port}`, '--data', folder, '--no-example', ...flags]
  const child = spawn(process.execPath, args, { cwd: root, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const service: Service = {
    url,
    data: folder,
    printed: () => output,
    stop: () => interrupt(child),
    cli: (...command) =>
      promisify(execFile)(process.execPath, ['apps/cli/bin/trainyard.mjs', ...command, '--url', url], {
        cwd: root,
        env: { ...env, NO_COLOR: '1' },
      }),
    processes: async () =>
      (await promisify(execFile)('ps', ['-eo', 'pid,args'])).stdout.split('\n').filter((line) => line.includes(folder)),
  }
  try {
    await poll(() => assertReady({ url, child, adminKey: env['TRAINYARD_ADMIN_KEY'], output: () => output }), {
      timeoutMs: READY_TIMEOUT_MS,
    })
  } catch (error) {
    await service.stop()
    throw error
  }
  return service
}

export async function stopAndRemove(service: Service | undefined): Promise<void> {
  if (!service) return
  await service.stop()
  await rm(service.data, { recursive: true, force: true })
}

interface Starting {
  url: string
  child: ChildProcess
  adminKey: string | undefined
  output: () => string
}

async function assertReady({ url, child, adminKey, output }: Starting): Promise<void> {
  if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}: ${output()}`)
  const ready = await fetch(`${url}/readyz`)
  if (!ready.ok) throw new Error(`not ready: ${await ready.text()}`)
  const workers: { items: { engine: unknown }[] } = await (
    await fetch(`${url}/api/v1/workers`, adminKey === undefined ? {} : { headers: { authorization: `Bearer ${adminKey}` } })
  ).json()
  if (!workers.items.some(({ engine }) => engine)) throw new Error(`no worker has a trainer yet: ${output()}`)
}

function interrupt(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode)
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      killGroup(child, 'SIGKILL')
      reject(new Error(`still running ${STOP_TIMEOUT_MS / 1000} s after Ctrl-C`))
    }, STOP_TIMEOUT_MS)
    child.once('exit', (code) => {
      clearTimeout(late)
      resolve(code)
    })
    killGroup(child, 'SIGINT')
  })
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid) process.kill(-child.pid, signal)
}
