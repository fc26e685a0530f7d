import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { type Comparison, Experiment } from '@trainyard/contracts'
import { afterEach, expect, test } from 'vitest'
import {
  sendJson,
  sendProblem,
  startStubService,
  storedEpoch,
  testExperiment as stubExperiment,
} from '@trainyard/testing/services/stub-service'
import { runCli } from '../test-run.ts'

const testExperiment = Experiment.parse(stubExperiment)
const other: Experiment = { ...testExperiment, id: '1hog681kme3dritv', name: 'other', config: { ...testExperiment.config, lr: 0.5 } }
const at = '2026-01-01T00:00:00.000Z'
let service: Awaited<ReturnType<typeof startStubService>> | undefined
afterEach(() => service?.stop())

/** Two experiments of which each event stream ends it in the state that is given for it. */
async function serveTwo(states: Record<string, Experiment['state']>) {
  const ended = new Set<string>()
  service = await startStubService(({ url }, response) => {
    const experiment = url.includes(other.id) ? other : testExperiment
    const state = states[experiment.id] ?? 'completed'
    if (!url.endsWith('/events'))
      return sendJson(response, { ...experiment, latest: storedEpoch(1), ...(ended.has(experiment.id) && { state }) })
    ended.add(experiment.id)
    const events = [
      ['state', { state: 'running', reason: 'claimed', at }],
      ['epoch', storedEpoch(1)],
      ['log', { at, level: 'info', message: 'a line' }],
      ['end', { state }],
    ] as const
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(events.map(([type, data], i) => `id: ${i + 1}-0\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`).join(''))
  })
  return service.url
}

test('watch — several at once: a line for each event, then one for each; the exit code is the worst', async () => {
  const url = await serveTwo({ [other.id]: 'failed' })
  const { code, stdout } = await runCli(['watch', testExperiment.id, other.id], { url })
  expect(code).toBe(6)
  for (const { id } of [testExperiment, other]) expect(stdout).toContain(`${id.slice(0, 8)} epoch 1/30: loss 4.615000`)
  expect(stdout.trimEnd().split('\n').slice(-2)).toEqual(
    [expect.stringContaining('failed'), expect.stringContaining('failed')].map((_, i) =>
      expect.stringContaining(i === 0 ? 'completed' : 'failed'),
    ),
  )
})

test.each([
  ['completed', 0],
  ['canceled', 4],
  ['failed', 6],
] as const)('wait — %s ends it with exit code %i', async (state, code) => {
  const url = await serveTwo({ [other.id]: state })
  const run = await runCli(['wait', testExperiment.id, other.id], { url })
  expect(run).toMatchObject({ code, stdout: `experiment ${testExperiment.id}: completed\nexperiment ${other.id}: ${state}\n` })
})

test('logs -f — every line once, until the end', async () => {
  const url = await serveTwo({})
  const { code, stdout } = await runCli(['logs', '-f', testExperiment.id], { url })
  expect({ code, stdout }).toEqual({ code: 0, stdout: `${at} info  a line\n` })
})

function comparisonOf(compared: readonly Experiment[], differing: readonly 'lr'[]): Comparison {
  const each = (value: number | string | null) => compared.map(() => Number(value))
  return {
    experiments: compared.map(({ config, ...experiment }) => ({
      ...experiment,
      differing: Object.fromEntries(differing.map((field) => [field, config[field]])),
    })),
    differing: [...differing],
    items: [1, 2, 3].map(storedEpoch).map(({ epoch, loss, accuracy, evalLoss, evalAccuracy, seconds }) => ({
      epoch,
      loss: each(loss),
      accuracy: each(accuracy),
      evalLoss: each(evalLoss),
      evalAccuracy: each(evalAccuracy),
      trainingSeconds: each(epoch * seconds),
    })),
  }
}

test('compare — the curves over each other, and what differs; equal configs are said to be', async () => {
  let compared = [testExperiment, other]
  service = await startStubService((_request, response) => sendJson(response, comparisonOf(compared, compared.length > 1 ? ['lr'] : [])))
  const { stdout } = await runCli(['compare', 'latest', other.id], { url: service.url })
  expect(service.seen[0]?.url).toBe(`/api/v1/compare?ids=latest%2C${other.id}`)
  expect(stdout).toMatch(/^ +loss\n/)
  expect(stdout).toContain('evalAccuracy')
  expect(stdout).toMatch(/\+ +1hog681kme3dritv .*0\.5 +other/)
  compared = [testExperiment]
  expect((await runCli(['compare', 'latest', '--measure', 'loss'], { url: service.url })).stdout).toContain('their configs are equal')
})

test('submit — from a file or stdin, flags win; a wrong field is said', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'submit-'))
  const file = path.join(folder, 'exp.yaml')
  await writeFile(file, 'depth: 3\nlr: 0.1\ntags: [a, b]\n')
  service = await startStubService((_request, response) => sendJson(response, testExperiment, 201))
  const { url, seen } = service
  await runCli(['submit', file, '--lr', '0.5'], { url })
  expect(JSON.parse(seen[0]?.body ?? '')).toMatchObject({ depth: 3, lr: 0.5, tags: ['a', 'b'] })
  await runCli(['submit', '-'], { url, input: '{"depth": 2}' })
  expect(JSON.parse(seen[1]?.body ?? '')).toMatchObject({ depth: 2 })
  expect(await runCli(['submit', '-'], { url, input: 'depht: 2' })).toMatchObject({ code: 2, stderr: expect.stringContaining('depht') })
  expect(await runCli(['submit', path.join(folder, 'none.yaml')], { url })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('cannot be read'),
  })
  await rm(folder, { recursive: true })
})

test('export — the epochs as CSV, or everything as JSON', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'export-'))
  service = await startStubService(({ url, headers }, response) => {
    if (headers.accept === 'text/csv') response.writeHead(200, { 'content-type': 'text/csv' }).end('epoch,loss\n1,4.6\n')
    else sendJson(response, /\/(epochs|batches|layers|logs)/.test(url) ? { items: [] } : testExperiment)
  })
  const { url } = service
  await runCli(['export', 'latest', '--format', 'csv', '--out', folder], { url })
  expect(await readFile(path.join(folder, 'epochs.csv'), 'utf8')).toBe('epoch,loss\n1,4.6\n')
  await runCli(['export', 'latest', '--format', 'json', '--out', folder], { url })
  expect(JSON.parse(await readFile(path.join(folder, 'experiment.json'), 'utf8'))).toMatchObject({
    experiment: { id: testExperiment.id },
    epochs: [],
    logs: [],
  })
  await rm(folder, { recursive: true })
})

/** As the shells' scripts ask, with more time than any machine takes. */
const PATIENT = ['complete-words', '--within', '60000', '--']

test.each([
  [['su'], ['submit']],
  [
    ['sweep', ''],
    ['run', 'list', 'show', 'watch', 'cancel'],
  ],
  [['show', 'l'], ['latest']],
  [['submit', '--norm', 'b'], ['batch']],
  [['submit', '--image'], ['--image-size']],
  [
    ['list', '--state', 'ca'],
    ['canceling', 'canceled'],
  ],
])('completion — %j is completed by %j', async (words, found) => {
  expect((await runCli([...PATIENT, ...words])).stdout.trim().split('\n')).toEqual(found)
})

test.each([
  [['show', ''], `/api/v1/experiments?pageSize=20`, ['latest', testExperiment.id, other.id]],
  [['watch', testExperiment.id, '1h'], `/api/v1/experiments?pageSize=20`, [other.id]],
  [['sweep', 'show', ''], `/api/v1/sweeps?pageSize=20`, ['latest', testExperiment.id, other.id]],
])('completion — %j asks for %s, and is completed by %j', async (words, asked, found) => {
  const sweep = { state: 'running', strategy: 'grid', objective: 'loss', trials: 1, created: 1, ended: 0, createdAt: at, finishedAt: null }
  service = await startStubService(({ url }, response) => {
    const items = [testExperiment, other].map((each) =>
      url.includes('/sweeps') ? { ...sweep, id: each.id, name: null, owner: null } : each,
    )
    sendJson(response, { items, nextPageToken: null })
  })
  for (const url of [service.url, 'http://127.0.0.1:1']) {
    // what the line itself says goes before the environment
    const line = url === service.url ? words : ['--url', service.url, ...words]
    const { stdout } = await runCli([...PATIENT, ...line], { url })
    expect(stdout.trim().split('\n')).toEqual(found)
  }
  expect(service.seen.map(({ url }) => url)).toEqual([asked, asked])
})

test.each([
  ['submit', '--norm', 'b'],
  ['drain', ''],
  ['show', '--j'],
])('completion — %j asks for no ids', async (...words) => {
  service = await startStubService((_request, response) => sendProblem(response, { status: 500, code: 'INTERNAL' }))
  await runCli([...PATIENT, ...words], { url: service.url })
  expect(service.seen).toEqual([])
})

test('completion — errors of the service are not printed', async () => {
  service = await startStubService(({ url }, response) => {
    if (url.includes('/sweeps')) return // never answered
    sendProblem(response, { status: 401, code: 'UNAUTHENTICATED' })
  })
  for (const words of [
    ['show', ''],
    ['sweep', 'show', ''],
  ])
    expect(await runCli(['complete-words', '--within', '100', '--', ...words], { url: service.url })).toEqual({
      code: 0,
      stdout: 'latest\n',
      stderr: '',
    })
})

test('completion — bash takes the script, and completes by it', async () => {
  const { stdout: script } = await runCli(['completion', 'bash'])
  const bin = path.join(import.meta.dirname, '..', '..', 'bin', 'trainyard.mjs')
  const lines = [
    `trainyard() { '${process.execPath}' '${bin}' "$@"; }`,
    script.replace('--within 1000', '--within 60000'),
    'COMP_WORDS=(trainyard canc) COMP_CWORD=1',
    '_trainyard',
    'echo "${COMPREPLY[@]}"',
    'COMP_WORDS=(trainyard show "") COMP_CWORD=2',
    '_trainyard',
    'echo "${COMPREPLY[@]}"',
  ]
  service = await startStubService((_request, response) => sendJson(response, { items: [testExperiment, other], nextPageToken: null }))
  const env = { ...process.env, TRAINYARD_URL: service.url }
  const { stdout } = await promisify(execFile)('bash', ['-c', lines.join('\n')], { env })
  expect(stdout).toBe(`cancel\nlatest ${testExperiment.id} ${other.id}\n`)
  expect((await runCli(['completion', 'zsh'])).stdout).toContain('compdef _trainyard trainyard')
})
