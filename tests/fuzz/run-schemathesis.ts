import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createClient } from '@trainyard/client'
import { startApi } from '../../bench/api-process.ts'
import { startRedis } from '@trainyard/testing/redis/redis-process'

/** A round that hangs is a failed one. */
const ROUND_TIMEOUT_MS = 10 * 60_000
const MAX_WAIT_MS = 5000
const ADMIN_KEY = 'a-key-for-the-fuzzer-alone'
const WORKER = path.join(import.meta.dirname, '..', '..', 'apps', 'worker', 'src', 'test-scripted-worker.ts')
const CONFIG = path.join(import.meta.dirname, 'schemathesis.toml')

export interface FuzzReport {
  code: number | null
  /** Requests that were sent. */
  requests: number
  /** All that schemathesis printed. */
  output: string
}

/** Runs schemathesis with all checks and phases, stateful included, against an API with a worker whose trainer is a script. */
export async function runSchemathesis(python: string, { examples, seed }: { examples: number; seed: number }): Promise<FuzzReport> {
  const redis = await startRedis()
  const api = await startApi(redis.url, { TRAINYARD_ADMIN_KEY: ADMIN_KEY, LOG_LEVEL: 'silent' })
  const data = await mkdtemp(path.join(os.tmpdir(), 'trainyard-fuzz-'))
  const worker = spawn(process.execPath, [WORKER, redis.url, data], { stdio: 'ignore' })
  const ended = new Promise((resolve) => worker.once('exit', resolve))
  const over = new AbortController()
  const canceling = cancelWhatWaits(api.url, over.signal)
  try {
    const options = ['--checks', 'all', '--max-examples', String(examples), '--seed', String(seed), '--workers', '2', '--no-color']
    const patience = ['--continue-on-failure', '--request-timeout', '40', '--header', `Authorization: Bearer ${ADMIN_KEY}`]
    const { code, output } = await run(python, ['--config-file', CONFIG, 'run', `${api.url}/openapi.json`, ...options, ...patience], data)
    const [, requests = '0'] = /(\d+) generated/.exec(output) ?? []
    return { code, requests: Number(requests), output }
  } finally {
    over.abort()
    await canceling
    worker.kill('SIGKILL')
    await ended
    await api.stop()
    await redis.stop()
    await rm(data, { recursive: true, force: true })
  }
}

/** The stream of an experiment that does not run, in a pool without a worker or paused, never ends: nor would a reader of it. */
async function cancelWhatWaits(url: string, signal: AbortSignal): Promise<void> {
  const { experiments } = createClient({ baseUrl: url, apiKey: ADMIN_KEY })
  while (!signal.aborted) {
    for (const state of ['queued', 'paused'] as const)
      for (const { id, createdAt } of (await experiments.list({ state, pageSize: 200 })).items)
        if (Date.now() - Date.parse(createdAt) > MAX_WAIT_MS) await experiments.cancel(id).catch(() => {}) // it may just have ended
    await delay(1000, undefined, { signal }).catch(() => {})
  }
}

function run(python: string, args: readonly string[], cwd: string): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const program = path.join(path.dirname(python), 'schemathesis')
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: ROUND_TIMEOUT_MS })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.once('error', reject).once('close', (code) => resolve({ code, output }))
  })
}
