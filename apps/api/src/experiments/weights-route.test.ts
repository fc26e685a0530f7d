import { createHash } from 'node:crypto'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import path from 'node:path'
import { DryRun, type Experiment, type UploadedWeights, type WeightsNetwork } from '@trainyard/contracts'
import { stateDict } from '@trainyard/pytorch'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRedisProxy } from '@trainyard/testing/redis/redis-proxy'
import { safetensorsFile } from '@trainyard/testing/experiments/safetensors-file'
import { poll } from '@trainyard/testing/inputs/poll'
import { epochResult } from '@trainyard/testing/experiments/new-experiment'
import { claimNext, startTestApi, type TestApi } from '../test-service.ts'

const LIMIT_BYTES = 2 ** 20
const WEIGHTS = '/api/v1/weights'
const EXPERIMENTS = '/api/v1/experiments'
const BINARY = { 'content-type': 'application/octet-stream' }

let api: TestApi
let address: string
beforeAll(async () => {
  api = await startTestApi({ limits: { parameters: 1e10, datasetBytes: 2 ** 40, weightsBytes: LIMIT_BYTES } })
  address = await api.app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(() => api.stop())

const SMALL: WeightsNetwork = { imageSize: 8, layerSizes: [4], norm: 'none', normPosition: null, normAffine: null, bias: true }
const fileOf = (network: Partial<WeightsNetwork> = {}): Buffer =>
  safetensorsFile(stateDict({ ...SMALL, ...network }).map((tensor) => ({ ...tensor, dtype: tensor.shape.length === 0 ? 'I64' : 'F32' })))
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const upload = (payload: Buffer, headers: Record<string, string> = BINARY) =>
  api.app.inject({ method: 'POST', url: WEIGHTS, payload, headers })
const post = (url: string, payload: object = {}, headers: Record<string, string> = {}) =>
  api.app.inject({ method: 'POST', url, payload, headers })
const request = { dataset: 'synthetic-flowers', imageSize: 8, layerSizes: [4] }
const startsOf = async (id: string): Promise<string[]> => {
  const { start } = await api.store.recordedFiles(id)
  return readdir(api.artifacts.initialCheckpoints.folderOf(start?.token ?? 'none'))
}
const stored = () => readdir(path.dirname(api.artifacts.weights.pathOf('x'))).catch(() => [])

describe('POST /weights', () => {
  test('201 with the id, the tensors and the network; a repeat is the same', async () => {
    const bytes = fileOf({ norm: 'batch', normPosition: 'before', normAffine: true })
    const reply = await upload(bytes)
    expect(reply.statusCode).toBe(201)
    const weights: UploadedWeights = reply.json()
    expect(weights).toMatchObject({ id: sha256(bytes), bytes: bytes.length, network: { imageSize: 8, layerSizes: [4], norm: 'batch' } })
    expect(weights.tensors).toContainEqual({ name: 'model.2.num_batches_tracked', dtype: 'I64', shape: [] })
    expect((await upload(bytes)).json()).toEqual(weights)
    expect(await readFile(api.artifacts.weights.pathOf(weights.id))).toEqual(bytes)
  })

  test.each<[string, Buffer, Record<string, string>, number, string]>([
    ['JSON', Buffer.from('{}'), { 'content-type': 'application/json' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['no type', fileOf(), {}, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['nothing', Buffer.alloc(0), BINARY, 422, 'WEIGHTS_UNUSABLE'],
    ['no safetensors', Buffer.from('PK\u0003\u0004 what torch.save writes'), BINARY, 422, 'WEIGHTS_UNUSABLE'],
    ['a file that is cut off', fileOf().subarray(0, -1), BINARY, 422, 'WEIGHTS_UNUSABLE'],
    [
      'a header that lies about offsets',
      safetensorsFile([{ name: 'model.1.weight', shape: [102, 192] }], lieAboutOffsets),
      BINARY,
      422,
      'WEIGHTS_UNUSABLE',
    ],
    ['another network', safetensorsFile([{ name: 'conv1.weight', shape: [8, 3, 3, 3] }]), BINARY, 422, 'WEIGHTS_UNUSABLE'],
    ['a byte too many', Buffer.alloc(LIMIT_BYTES + 1), BINARY, 413, 'BODY_TOO_LARGE'],
  ])('%s — refused, and nothing is left', async (_what, payload, headers, status, code) => {
    const before = await stored()
    const reply = await upload(payload, headers)
    expect([reply.statusCode, reply.json().code]).toEqual([status, code])
    expect(await stored()).toEqual(before)
  })

  test.each(['said beforehand', 'found out'])('too large, %s — a client gets the answer on the same connection', async (how) => {
    const bytes = Buffer.alloc(64 * LIMIT_BYTES)
    const body = how === 'found out' ? new Blob([bytes]).stream() : new Blob([bytes])
    const sent = { method: 'POST', headers: BINARY, body, duplex: 'half' }
    const reply = await fetch(`${address}${WEIGHTS}`, sent)
    expect(reply.status).toBe(413)
    expect(await reply.json()).toMatchObject({ code: 'BODY_TOO_LARGE', detail: expect.stringContaining(`${LIMIT_BYTES} bytes`) })
  })

  test('a client that goes away in the middle leaves nothing', async () => {
    const before = await stored()
    const { hostname, port } = new URL(address)
    const socket = connect(Number(port), hostname)
    socket.write(`POST ${WEIGHTS} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/octet-stream\r\nContent-Length: 5000\r\n\r\n`)
    socket.write(Buffer.alloc(1000))
    await expect.poll(stored).toHaveLength(before.length + 1)
    socket.destroy()
    await expect.poll(stored, { timeout: 20_000 }).toEqual(before)
    expect(api.log.join('')).not.toContain('"level":50')
  })

  test('on a disk that would be nearly full with it — 503', async () => {
    const before = { ...api.disk }
    Object.assign(api.disk, { freeBytes: 2 * 2 ** 30 + 100, totalBytes: 20 * 2 ** 30 })
    const reply = await upload(fileOf())
    Object.assign(api.disk, before)
    expect(reply.json()).toMatchObject({ status: 503, code: 'STORE_FULL' })
  })
})

function lieAboutOffsets(entries: Record<string, unknown>) {
  return { 'model.1.weight': { ...Object(entries['model.1.weight']), data_offsets: [102 * 192 * 4, 2 * 102 * 192 * 4] } }
}

describe('POST /experiments with initialWeights', () => {
  test('the config has them, its hash too, and the file stays when the upload is removed', async () => {
    const bytes = fileOf()
    const { id: initialWeights }: UploadedWeights = (await upload(bytes)).json()
    const reply = await post(EXPERIMENTS, { ...request, initialWeights })
    expect(reply.statusCode).toBe(201)
    const experiment: Experiment = reply.json()
    expect(experiment).toMatchObject({ config: { initialWeights }, reason: 'submitted', parent: null })
    expect(experiment.configHash).not.toBe((await post(EXPERIMENTS, request)).json().configHash)
    const { start } = await api.store.recordedFiles(experiment.id)
    expect(start).toEqual({ kind: 'weights', token: expect.any(String), file: `${initialWeights}.safetensors`, epoch: 0 })
    const file = path.join(api.artifacts.initialCheckpoints.folderOf(start?.token ?? ''), start?.kind === 'weights' ? start.file : '')
    expect((await stat(file)).ino).toBe((await stat(api.artifacts.weights.pathOf(initialWeights))).ino)
    await rm(api.artifacts.weights.pathOf(initialWeights))
    expect(await readFile(file)).toEqual(bytes)
    expect((await api.store.orphanedArtifacts.starts()).get(start?.token ?? '')).toBe(experiment.id)
  })

  test('that were never uploaded — 404 with advice, in a dry run, too; nothing is queued', async () => {
    const before = (await api.store.list({ pageSize: 200 })).items.length
    for (const url of [EXPERIMENTS, `${EXPERIMENTS}?dryRun=true`])
      expect((await post(url, { ...request, initialWeights: '0'.repeat(64) })).json()).toMatchObject({
        status: 404,
        code: 'WEIGHTS_NOT_FOUND',
        detail: expect.stringContaining('POST the file to /api/v1/weights'),
      })
    expect((await api.store.list({ pageSize: 200 })).items).toHaveLength(before)
  })

  test('that do not fit — 422 that names each field and the tensors, in a dry run, too', async () => {
    const { id: initialWeights }: UploadedWeights = (
      await upload(fileOf({ norm: 'layer', normPosition: 'before', normAffine: true }))
    ).json()
    for (const url of [EXPERIMENTS, `${EXPERIMENTS}?dryRun=true`]) {
      const reply = await post(url, { imageSize: 16, depth: 2, width: 4, bias: false, initialWeights })
      expect(reply.json()).toMatchObject({ status: 422, code: 'UNPROCESSABLE_CONFIG' })
      expect(reply.json().errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(
        ['imageSize', 'layerSizes', 'bias', 'norm', 'initialWeights'].map((field) => `/${field}`),
      )
      expect(reply.json().detail).toContain('model.1.weight is [4, 192] in place of [4, 768]')
    }
    expect((await post(EXPERIMENTS, { ...request, initialWeights })).json().errors[0]).toMatchObject({
      pointer: '/norm',
      detail: expect.stringContaining('layer or group norm, which no weights tell apart'),
    })
    for (const norm of [{ norm: 'layer' }, { norm: 'group', groupSize: 2 }])
      expect((await post(EXPERIMENTS, { ...request, ...norm, initialWeights })).statusCode).toBe(201)
  })

  test('a dry run takes nothing over, and says that its forecast is of fresh weights', async () => {
    const { id: initialWeights }: UploadedWeights = (await upload(fileOf())).json()
    const before = (await api.artifacts.items()).starts.map(({ id }) => id)
    const dryRun = DryRun.parse((await post(`${EXPERIMENTS}?dryRun=true`, { ...request, initialWeights })).json())
    expect(dryRun).toMatchObject({ config: { initialWeights }, warnings: [expect.anything(), expect.stringContaining('fresh weights')] })
    expect((await api.artifacts.items()).starts.map(({ id }) => id)).toEqual(before)
  })

  test('the same idempotency key — the same experiment, and its file taken over once', async () => {
    const { id: initialWeights }: UploadedWeights = (await upload(fileOf())).json()
    const headers = { 'idempotency-key': 'weights-once' }
    const first = await post(EXPERIMENTS, { ...request, initialWeights }, headers)
    const starts = (await api.artifacts.items()).starts.map(({ id }) => id)
    const again = await post(EXPERIMENTS, { ...request, initialWeights }, headers)
    expect([again.json().id, again.headers['idempotency-replayed']]).toEqual([first.json().id, 'true'])
    expect((await api.artifacts.items()).starts.map(({ id }) => id)).toEqual(starts)
    expect((await post(EXPERIMENTS, { ...request, seed: 5, initialWeights }, headers)).statusCode).toBe(422)
    expect((await api.artifacts.items()).starts.map(({ id }) => id)).toEqual(starts)
  })

  test('retry and replay take the upload again; when that is gone — 409, until the file is uploaded again', async () => {
    const bytes = fileOf()
    const { id: initialWeights }: UploadedWeights = (await upload(bytes)).json()
    await post(EXPERIMENTS, { ...request, initialWeights, pool: 'weights' })
    const { id, attempt, leave } = await claimNext(api, 'weights')
    await attempt.epoch(epochResult(1, { weightsHash: '0'.repeat(16) }), ['0'.repeat(16)])
    await attempt.complete()
    await leave()
    for (const again of ['retry', 'replay']) {
      const made: Experiment = (await post(`${EXPERIMENTS}/${id}/${again}`)).json()
      expect(made).toMatchObject({ config: { initialWeights }, parent: { id, epoch: 0 } })
      expect(await startsOf(made.id)).toEqual([`${initialWeights}.safetensors`])
    }
    await rm(api.artifacts.weights.pathOf(initialWeights))
    for (const again of ['retry', 'replay'])
      expect((await post(`${EXPERIMENTS}/${id}/${again}`)).json()).toMatchObject({
        status: 409,
        code: 'NOT_RETAINED',
        detail: expect.stringMatching(/POST their file to \/api\/v1\/weights again/),
      })
    await upload(bytes)
    expect((await post(`${EXPERIMENTS}/${id}/retry`)).statusCode).toBe(201)
  })
})

test('Redis makes the record and its answer is lost — the experiment keeps what it begins with', async () => {
  const proxies: Awaited<ReturnType<typeof startRedisProxy>>[] = []
  const own = await startTestApi({
    through: async (redisUrl) => {
      const proxy = await startRedisProxy(redisUrl)
      proxies.push(proxy)
      return proxy.url
    },
  })
  const { id: initialWeights }: UploadedWeights = (
    await own.app.inject({ method: 'POST', url: WEIGHTS, payload: fileOf(), headers: BINARY })
  ).json()
  const headers = { 'idempotency-key': 'lost' }
  const submit = () => own.app.inject({ method: 'POST', url: EXPERIMENTS, payload: { ...request, initialWeights }, headers })
  await own.app.inject({ method: 'POST', url: EXPERIMENTS, payload: request }) // from here on Redis knows the script
  let isSent = false
  proxies[0]?.obey(({ from, bytes }) => {
    if (from === 'redis' && isSent) return 'break'
    isSent ||= from === 'client' && bytes.includes(initialWeights)
    return 'pass'
  })
  expect((await submit()).json().code).toBe('REDIS_UNAVAILABLE')
  proxies[0]?.heal()
  const again = await poll(
    async () => {
      const reply = await submit()
      return reply.statusCode === 201 ? reply : Promise.reject(new Error(reply.body))
    },
    { timeoutMs: 20_000 },
  )
  expect(again.headers['idempotency-replayed']).toBe('true')
  const { start } = await own.store.recordedFiles(again.json().id)
  expect(await readdir(own.artifacts.initialCheckpoints.folderOf(start?.token ?? ''))).toEqual([`${initialWeights}.safetensors`])
  await own.stop()
  await proxies[0]?.close()
})
