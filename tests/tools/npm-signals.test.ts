import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { processesWith } from '../../tools/process/process-identity.mjs'
import { readRunRecord } from '../../tools/start/run-record.mjs'
import { freePort } from '@trainyard/testing/services/free-port'
import { poll } from '@trainyard/testing/inputs/poll'

const root = path.join(import.meta.dirname, '..', '..')
const START_TIMEOUT_MS = 120_000
const ENDED_TIMEOUT_MS = 40_000
vi.setConfig({ testTimeout: START_TIMEOUT_MS + ENDED_TIMEOUT_MS })

interface Run {
  child: ChildProcess
  printed(): string
  /** Those of all its processes that run `program`; all of them where none is named. */
  processes(program?: string): number[]
}

/** Runs npm (or npx) as a supervisor does: signals reach it alone. All that descends from it carries a mark in its environment. */
function run(command: string, args: string[], env: NodeJS.ProcessEnv = {}): Run {
  const mark = randomUUID()
  const { REDIS_URL: _shared, ...own } = process.env
  const child = spawn(command, args, {
    cwd: root,
    env: { ...own, ...env, NPM_SIGNALS_TEST: mark },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const processes = (program = '') => processesWith(`NPM_SIGNALS_TEST=${mark}`).filter((pid) => commandLine(pid).includes(program))
  onTestFinished(() => processes().forEach((pid) => process.kill(pid, 'SIGKILL')))
  return { child, printed: () => output, processes }
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return '' // it has ended
  }
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-npm-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

const shows = (started: Run, text: string) => poll(() => expect(started.printed()).toContain(text), { timeoutMs: START_TIMEOUT_MS })
const runs = (started: Run, program: string) =>
  poll(() => expect(started.processes(program)).not.toEqual([]), { timeoutMs: START_TIMEOUT_MS })
const expectAllGone = (started: Run) => poll(() => expect(started.processes()).toEqual([]), { timeoutMs: ENDED_TIMEOUT_MS })

async function startFlags(): Promise<{ data: string; flags: string[] }> {
  const data = await temporaryFolder()
  return { data, flags: ['--port', `${await freePort()}`, '--data', data, '--no-example', '--engine', 'cpu'] }
}

test('npm start — SIGTERM to npm: it ends once Redis, API, worker and trainers have ended', async () => {
  const { data, flags } = await startFlags()
  const service = run('npm', ['start', '--', ...flags])
  await shows(service, 'Trainyard runs')
  const ended = once(service.child, 'exit')
  service.child.kill('SIGTERM')
  await ended
  expect(service.processes()).toEqual([])
  expect(readRunRecord(data)).toBe(null)
})

test('npm start — SIGKILL to npm: Redis, API, worker and trainers end', async () => {
  const { data, flags } = await startFlags()
  const service = run('npm', ['start', '--', ...flags])
  await shows(service, 'Trainyard runs')
  service.child.kill('SIGKILL')
  await expectAllGone(service)
  expect(readRunRecord(data)).toBe(null)
})

test('npx trainyard up — its shell is killed: Redis, API, worker and trainers end', async () => {
  const { flags } = await startFlags()
  const service = run('npx', ['trainyard', 'up', ...flags])
  await shows(service, 'Trainyard runs')
  const [shell] = service.processes('sh -c')
  process.kill(Number(shell), 'SIGKILL')
  await expectAllGone(service)
})

test.each([
  ['SIGTERM to npm', 'npm run train', 'SIGTERM'],
  ['SIGHUP to npm', 'npm run train', 'SIGHUP'],
  ['SIGKILL to npm', 'npm run train', 'SIGKILL'],
  ['SIGKILL to the tool', 'tools/train.mjs', 'SIGKILL'],
] as const)('npm run train — %s: the training ends', async (_case, program, signal) => {
  const training = run('npm', ['run', 'train', '--', '--dataset', 'synthetic-flowers', '--image-size', '16', '--epochs', '10000'], {
    TRAINYARD_DATA: await temporaryFolder(),
    TRAINYARD_ENGINE: 'cpu',
  })
  await runs(training, 'terminal.main.ts')
  process.kill(Number(training.processes(program)[0]), signal)
  await expectAllGone(training)
})

test('npm test — SIGTERM to npm: the test files’ processes and their Redis end', async () => {
  const tests = run('npm', ['test', '--', 'libs/jobs'])
  await runs(tests, 'redis-server')
  tests.child.kill('SIGTERM')
  await expectAllGone(tests)
})

test('npm run chaos — SIGKILL to npm: what it has started ends', async () => {
  const chaos = run('npm', ['run', 'chaos', '--', '--kills', '1000'])
  await runs(chaos, 'apps/worker/src/main.ts')
  chaos.child.kill('SIGKILL')
  await expectAllGone(chaos)
})
