import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { Sweep, SweepRequest } from '@trainyard/contracts'
import { afterEach, expect, test } from 'vitest'
import { sendJson, startStubService } from '@trainyard/testing/services/stub-service'
import { runCli } from '../test-run.ts'

let service: Awaited<ReturnType<typeof startStubService>> | undefined
afterEach(() => service?.stop())

const trial = {
  trial: 1,
  experimentId: null,
  fields: { lr: 0.1 },
  state: null,
  reason: null,
  finishedAt: null,
  epochs: 0,
  best: null,
  value: null,
  stopped: null,
}
const sweep = Sweep.parse({
  ...{
    id: '0hog681kme3dritv',
    name: null,
    owner: null,
    state: 'completed',
    strategy: 'asha',
    objective: 'loss',
    trials: 3,
    created: 3,
    ended: 3,
  },
  ...{ createdAt: '2026-01-01T00:00:00.000Z', finishedAt: null, request: SweepRequest.parse({}), best: 3, epochsSaved: 8 },
  items: [
    { ...trial, state: 'completed', value: 4, epochs: 1, stopped: { epoch: 1, value: 4, place: 3, of: 3, best: 1 } },
    { ...trial, trial: 2, state: 'completed', value: 'NaN' },
    { ...trial, trial: 3, state: 'completed', value: 2, fields: { layerSizes: [64, 32] } },
  ],
})

async function bodyOf(args: readonly string[], input?: string): Promise<unknown> {
  service = await startStubService((_request, response) => sendJson(response, sweep, 201))
  const { code, stderr } = await runCli(['sweep', 'run', ...args], { url: service.url, ...(input !== undefined && { input }) })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(service.seen[0]?.body ?? '')
}

test('sweep run — one value is the base’s, several and ranges are the space; other fields are left to the service', async () => {
  const args = [
    '--lr',
    '1e-4..1e-1:log',
    '--depth',
    '1,2,4',
    '--norm',
    'none,batch',
    '--bias',
    'false',
    '--epochs',
    '9',
    '--layer-sizes',
    '64,32;16',
  ]
  const body = await bodyOf([
    ...args,
    '--strategy',
    'asha',
    '--trials',
    '20',
    '--max-concurrent',
    '4',
    '--draw-seed',
    '7',
    '--min-epochs',
    '2',
  ])
  expect(body).toMatchObject({
    base: { bias: false, epochs: 9 },
    space: {
      lr: { min: 1e-4, max: 0.1, scale: 'log' },
      depth: { values: [1, 2, 4] },
      norm: { values: ['none', 'batch'] },
      layerSizes: { values: [[64, 32], [16]] },
    },
    ...{ strategy: 'asha', trials: 20, maxConcurrent: 4, seed: 7, asha: { minEpochs: 2, reductionFactor: 3 } },
  })
})

test('sweep run — from a YAML file or stdin; flags win', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sweep-'))
  const file = path.join(folder, 'sweep.yaml')
  await writeFile(file, 'strategy: grid\nbase: { epochs: 3, depth: 2 }\nspace:\n  lr: { values: [0.1, 0.01] }\n')
  expect(await bodyOf([file, '--epochs', '5'])).toMatchObject({
    strategy: 'grid',
    base: { epochs: 5, depth: 2 },
    space: { lr: { values: [0.1, 0.01] } },
  })
  await rm(folder, { recursive: true })
  await service?.stop()
  expect(await bodyOf(['-'], '{"space": {"seed": {"values": [1, 2]}}}')).toMatchObject({ space: { seed: { values: [1, 2] } } })
})

test('sweep run — what is no number is said by its flag', async () => {
  const { code, stderr } = await runCli(['sweep', 'run', '--lr', '0.1,big'])
  expect(code).toBe(2)
  expect(stderr).toContain('--lr wants a number, several like 1,2,4, or a range like 1e-4..1e-1:log')
})

test('sweep show — the best first, NaN last, and why one was stopped', async () => {
  service = await startStubService((_request, response) => sendJson(response, sweep))
  const { stdout } = await runCli(['sweep', 'show', 'latest'], { url: service.url })
  const lines = stdout.split('\n')
  expect(lines[0]).toContain('3 of 3 trials have ended, best: trial 3, 8 epochs saved by early stops')
  expect(lines.slice(2, 5).map((line) => Number(line.trim().split(/\s+/)[0]))).toEqual([3, 1, 2])
  expect(stdout).toContain('stopped at epoch 1: place 3 of 3')
  expect(stdout).toContain('layerSizes 64-32')
})
