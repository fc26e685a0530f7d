import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testEpoch } from '@trainyard/testing/experiments/test-epoch'
import { claimNext, startTestApi, type TestApi } from '../test-service.ts'

let api: TestApi
let completed: string
let canceled: string
const floats = Buffer.from(Float32Array.of(-1, 0, 1, 3).buffer)
const model = {
  format: 'layers-model',
  weightsManifest: [{ paths: ['weights.bin'], weights: [{ name: 'w', shape: [4], dtype: 'float32' }] }],
  userDefinedMetadata: { weightRanges: { w: [-1, 3] } },
}

beforeAll(async () => {
  api = await startTestApi()
  await submit({ pool: 'models' })
  const claimed = await claimNext(api, 'models')
  completed = claimed.id
  const folder = api.artifacts.models.pathOf(completed, 'token')
  await mkdir(folder, { recursive: true })
  await writeFile(path.join(folder, 'model.json'), JSON.stringify(model))
  await writeFile(path.join(folder, 'weights.bin'), floats)
  await writeFile(path.join(folder, 'model.safetensors'), 'tensors')
  await claimed.attempt.epoch(testEpoch(1))
  await claimed.attempt.model({ kind: 'best', epoch: 1, bytes: 1234, folder: 'token' })
  await claimed.attempt.complete()
  await claimed.leave()
  canceled = await submit({ pool: 'elsewhere' })
  await api.app.inject({ method: 'POST', url: `/api/v1/experiments/${canceled}/cancel` })
})
afterAll(() => api.stop())

async function submit(payload: object): Promise<string> {
  const reply = await api.app.inject({ method: 'POST', url: '/api/v1/experiments', payload: { epochs: 1, ...payload } })
  return reply.json().id
}
const get = (id: string, rest: string, headers = {}) => api.app.inject({ url: `/api/v1/experiments/${id}${rest}`, headers })

describe('models', () => {
  test('every file, with its type and length', async () => {
    const [json, weights, tensors] = await Promise.all(
      ['model.json', 'weights.bin', 'model.safetensors'].map((file) => get(completed, `/models/best/${file}`)),
    )
    expect(json?.json()).toEqual(model)
    expect(json?.headers['content-type']).toContain('application/json')
    expect(weights?.rawPayload).toEqual(floats)
    expect(weights?.headers).toMatchObject({ 'content-length': '16', 'content-type': 'application/octet-stream' })
    expect(tensors?.body).toBe('tensors')
    expect(tensors?.headers['content-disposition']).toBe(`attachment; filename="${completed}.safetensors"`)
  })

  test('weights=uint8 — a byte per number, and a manifest that says how to read them', async () => {
    const json = (await get(completed, '/models/best/model.json?weights=uint8')).json()
    const { min, scale } = json.weightsManifest[0].weights[0].quantization
    const weights = await get(completed, '/models/best/weights.bin?weights=uint8')
    expect(weights.headers['content-length']).toBe('4')
    const back = [...weights.rawPayload].map((byte) => byte * scale + min)
    ;[-1, 0, 1, 3].forEach((value, i) => expect(Math.abs((back[i] ?? NaN) - value)).toBeLessThanOrEqual(scale / 2 + 1e-9))
  })

  test('redirect=false where nothing would redirect — the same file', async () => {
    const reply = await get(completed, '/models/best/weights.bin?redirect=false')
    expect([reply.statusCode, reply.rawPayload]).toEqual([200, floats])
  })

  test('a model never changes: its ETag answers 304', async () => {
    const first = await get(completed, '/models/best/weights.bin')
    const again = await get(completed, '/models/best/weights.bin', { 'if-none-match': first.headers.etag })
    expect([again.statusCode, again.body]).toEqual([304, ''])
    expect(first.headers['cache-control']).toBe('private, max-age=31536000, immutable')
    const listed = await get(completed, '/models/best/weights.bin', { 'if-none-match': `"other", W/${first.headers.etag}` })
    expect(listed.statusCode).toBe(304)
    expect((await get(completed, '/models/best/weights.bin?weights=uint8')).headers.etag).not.toBe(first.headers.etag)
  })

  test('asked for by a prefix, which may come to mean another experiment — to be checked again each time', async () => {
    const reply = await get(completed.slice(0, -1), '/models/best/weights.bin')
    expect(reply.headers).toMatchObject({ etag: expect.any(String), 'cache-control': 'private, no-cache' })
  })

  test('files that are not here — said, and no cache keeps that', async () => {
    await submit({ pool: 'away' })
    const { id, attempt, leave } = await claimNext(api, 'away')
    await attempt.model({ kind: 'final', epoch: 1, bytes: 1234, folder: 'token' })
    expect((await get(id, '/models/final/model.json')).json().detail).toContain('is running')
    await attempt.complete()
    await leave()
    for (const query of ['', '?weights=uint8']) {
      const reply = await get(id, `/models/final/weights.bin${query}`)
      expect(reply.json()).toMatchObject({ code: 'MODEL_NOT_FOUND', detail: expect.stringContaining('its files are not here') })
      expect(reply.headers).not.toHaveProperty('etag')
      expect(reply.headers).not.toHaveProperty('cache-control')
    }
  })

  test('pytorch — the source of the network', async () => {
    const reply = await get(completed, '/pytorch')
    expect(reply.headers['content-type']).toContain('text/x-python')
    expect(reply.body).toContain('class MyModel(torch.nn.Module)')
  })

  test.each([
    '/models/best/other.bin',
    '/models/worst/model.json',
    '/models/best/model.json?weights=int4',
    '/models/best/model.json?redirect=no',
  ])('%s — 400', async (rest) => {
    expect((await get(completed, rest)).json()).toMatchObject({ status: 400, code: 'INVALID_INPUT' })
  })

  test('what is not there says why', async () => {
    const waiting = await submit({ pool: 'elsewhere' })
    const keepsNone = await submit({ pool: 'elsewhere', keepModel: 'none' })
    const details = async (id: string, kind: string) => {
      const problem = (await get(id, `/models/${kind}/model.json`)).json()
      expect(problem).toMatchObject({ status: 404, code: 'MODEL_NOT_FOUND' })
      return problem.detail
    }
    expect(await details(waiting, 'best')).toContain('is queued: its model is there once it has completed')
    expect(await details(keepsNone, 'best')).toContain('submit it again with keepModel best or final')
    expect(await details(canceled, 'best')).toContain('ended as canceled: only completed experiments keep a model')
    expect(await details(completed, 'final')).toContain('has kept its best model, not its final one')
  })
})
