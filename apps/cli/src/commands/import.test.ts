import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { sendJson, sendProblem, startStubService, testExperiment } from '@trainyard/testing/services/stub-service'
import { runCli } from '../test-run.ts'

const id = '0123456789abcdef'.repeat(4)
const network = { imageSize: 32, layerSizes: [16, 8], norm: 'batch', normPosition: 'after', normAffine: false, bias: true }

let folder: string
let file: string
let service: Awaited<ReturnType<typeof startStubService>> | undefined
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'import-'))
  file = path.join(folder, 'weights.safetensors')
  await writeFile(file, 'the bytes of the weights')
})
afterEach(() => service?.stop())
afterAll(() => rm(folder, { recursive: true, force: true }))

async function run(args: readonly string[], parsed: object = network) {
  service = await startStubService(({ url }, response) => {
    if (url === '/api/v1/weights') return sendJson(response, { id, bytes: 24, tensors: [], network: parsed }, 201)
    return sendJson(response, testExperiment, 201)
  })
  return { ...(await runCli(['import', ...args], { url: service.url })), seen: service.seen }
}

test('import — sends the file, says what it is of, submits that network with the flags and the id', async () => {
  const { code, stdout, stderr, seen } = await run([file, '--lr', '1e-3', '--dataset', 'synthetic-flowers', '--idempotency-key', 'k'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout.split('\n')[0]).toBe(
    'weights.safetensors has weights for images of 32 × 32, hidden layers of 16, 8 units, batch norm after the ReLU without scale and shift, with biases',
  )
  expect(stdout).toContain(`experiment ${testExperiment.id} is queued`)
  expect(seen[0]).toMatchObject({ method: 'POST', url: '/api/v1/weights', body: 'the bytes of the weights' })
  expect(seen[1]).toMatchObject({ method: 'POST', url: '/api/v1/experiments', headers: { 'idempotency-key': 'k' } })
  expect(JSON.parse(seen[1]?.body ?? '')).toMatchObject({ ...network, lr: 0.001, dataset: 'synthetic-flowers', initialWeights: id })
})

test('import — layer and group norm look alike: --norm says which', async () => {
  const parsed = { ...network, norm: null, normPosition: null }
  const refused = await run([file], parsed)
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain('--norm must be layer, or group with its --group-size')
  expect(refused.seen).toHaveLength(1)
  await service?.stop()
  const { seen } = await run([file, '--norm', 'group', '--group-size', '4', '--norm-position', 'before'], parsed)
  expect(JSON.parse(seen[1]?.body ?? '')).toMatchObject({ norm: 'group', groupSize: 4, normPosition: 'before', normAffine: false })
})

test('import — a wrong flag or a file that is not there is said before anything is sent', async () => {
  const flag = await run([file, '--lr', 'fast'])
  expect([flag.code, flag.stderr, flag.seen]).toEqual([2, 'error: The input is not valid\n  --lr wants a number, not "fast"\n', []])
  await service?.stop()
  const gone = await run([`${file}.gone`])
  expect([gone.code, gone.seen]).toEqual([2, []])
  expect(gone.stderr).toContain('weights.safetensors.gone cannot be read')
  await service?.stop()
  // the weights determine it
  expect((await run([file, '--depth', '3'])).stderr).toContain("unknown option '--depth'")
})

test("import — the service's refusal of the file is said with its reason", async () => {
  service = await startStubService((_request, response) => sendProblem(response, { status: 422, code: 'WEIGHTS_UNUSABLE' }))
  const { code, stderr } = await runCli(['import', file], { url: service.url })
  expect([code, stderr]).toEqual([2, 'error: A sentence\n'])
})
