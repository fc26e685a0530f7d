import type { ServerResponse } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { sendJson, startStubService, storedEpoch, testExperiment } from '@trainyard/testing/services/stub-service'
import { runCli, runCliInTerminal, runCliProcess } from '../test-run.ts'

const { id } = testExperiment
const at = '2026-01-01T00:00:00.000Z'
let service: Awaited<ReturnType<typeof startStubService>> | undefined
afterEach(() => service?.stop())

const eventText = (number: number, type: string, data: unknown): string =>
  `id: ${number}-0\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`

const EVENTS = [
  ['state', { state: 'queued', reason: 'submitted', at }],
  ['state', { state: 'running', reason: 'claimed', at }],
  ['progress', { ...testExperiment.progress, phase: 'train', epoch: 1, step: 8, fraction: 1 / 60, etaSeconds: 29 }],
  ['epoch', storedEpoch(1)],
  ['batch', { epoch: 2, firstStep: 1, losses: [4.6] }],
  ['epoch', storedEpoch(2)],
  ['epoch', { ...storedEpoch(2), attempt: 2, replaces: true }],
  ['log', { at, level: 'warn', message: 'the disk is slow' }],
  ['epoch', { ...storedEpoch(15), evalSplit: null, evalLoss: null, evalAccuracy: null, evalTop5Accuracy: null }],
] as const

/** A service with one experiment, whose events end it in `state`; without one the stream stays open. */
async function serve(state?: 'completed' | 'failed' | 'canceled') {
  const error = state === 'failed' ? { class: 'user', code: 'LOSS_DIVERGED', message: 'The loss is NaN', advice: 'Lower lr' } : null
  const ended = { ...testExperiment, state: state ?? 'running', best: storedEpoch(2), error }
  const events: (readonly [string, unknown])[] = state ? [...EVENTS, ['end', { state }]] : [...EVENTS]
  const stream = (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(events.map(([type, data], i) => eventText(i + 1, type, data)).join(''))
  }
  service = await startStubService(({ url, method }, response) =>
    url.endsWith('/events') ? stream(response) : sendJson(response, ended, method === 'POST' ? 201 : 200),
  )
  return service
}

test('watch — a line per epoch in a pipe, with how far it is', async () => {
  const { url } = await serve('completed')
  const { code, stdout, stderr } = await runCli(['watch', 'latest'], { url })
  expect(stdout.split('\n')).toEqual([
    'queued (submitted)',
    'running (claimed)',
    'epoch  progress       loss  accuracy  eval loss  eval acc.    top-5  s/epoch',
    ' 1/30  ░░░░░░░░   4.615000     1.0 %   4.700000      2.0 %   10.0 %     0.50',
    ' 2/30  ░░░░░░░░   4.605000     1.0 %   4.700000      2.0 %   10.0 %     0.50',
    '15/30  ████░░░░   4.475000     1.0 %          –          –        –     0.50',
    `experiment ${id}: completed`,
    'best epoch 2: loss 4.605000, val loss 4.700000, val accuracy 2.0 %',
    '',
  ])
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'warn: the disk is slow\n' })
})

test.each([
  ['completed', 0],
  ['failed', 6],
  ['canceled', 4],
] as const)('submit --watch — %s ends with exit code %i', async (state, exitCode) => {
  const { url } = await serve(state)
  const { code, stdout } = await runCli(['submit', '--watch'], { url })
  expect(code).toBe(exitCode)
  expect(stdout.includes('LOSS_DIVERGED: The loss is NaN\nLower lr\n')).toBe(state === 'failed')
})

test('watch --json — every line is an event', async () => {
  const { url } = await serve('completed')
  const { stdout } = await runCli(['watch', 'latest', '--json'], { url })
  const lines: { id: string; type: string }[] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.map(({ type }) => type)).toEqual([...EVENTS.map(([type]) => type), 'end'])
  expect(lines[3]).toEqual({ id: '4-0', type: 'epoch', data: storedEpoch(1) })
})

test('watch — Ctrl-C leaves the experiment running, and says so', async () => {
  const { url, seen } = await serve()
  let interrupted = false
  const { code, stderr } = await runCliProcess(['watch', id], {
    url,
    onOutput: (stdout, pid) => {
      if (interrupted || !stdout.includes('15/30')) return
      interrupted = true
      process.kill(pid, 'SIGINT')
    },
  })
  expect(code).toBe(130)
  expect(stderr).toContain(`no longer watching; the experiment continues: trainyard watch ${id}`)
  expect(seen.map(({ method }) => method)).toEqual(['GET', 'GET'])
})

test('watch — on a terminal the curve and the progress are redrawn below the epochs', async () => {
  const { url } = await serve('completed')
  const { code, stdout } = await runCliInTerminal(['watch', 'latest'], { url })
  expect(code).toBe(0)
  expect(stdout).toContain('15/30  ████░░░░   4.475000')
  expect(stdout).toContain('██▁')
  expect(stdout).toContain('\u001b[32mcompleted\u001b[39m')
  expect(stdout).toContain('train 8/16  29 s left')
})
