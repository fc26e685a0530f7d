import { DryRun, Experiment, Problem } from '@trainyard/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApi, type TestApi, testWorker } from '../test-service.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.stop())

const URL = '/api/v1/experiments'
const post = (body: object, headers: Record<string, string> = {}) => api.app.inject({ method: 'POST', url: URL, payload: body, headers })
const count = async (): Promise<number> => (await api.store.list({ pageSize: 200 })).items.length

describe('POST /experiments — what it takes', () => {
  test('three fields are a whole request; the rest is the notebook', async () => {
    const reply = await post({ depth: 3, norm: 'none', lr: 1e-4 })
    const experiment = Experiment.parse(reply.json())
    expect(reply.statusCode).toBe(201)
    expect(reply.headers['location']).toBe(`/api/v1/experiments/${experiment.id}`)
    expect(experiment).toMatchObject({
      state: 'queued',
      config: { layerSizes: [512, 512, 512], momentum: 0.9, epochs: 30 },
    })
    expect(experiment.configHash).toMatch(/^[0-9a-f]{64}$/)
  })

  test('configHash — equal for depth and width and for the same layerSizes, other for another seed', async () => {
    const [one, same, other] = await Promise.all(
      [
        { depth: 1, width: 8 },
        { layerSizes: [8], name: 'x' },
        { layerSizes: [8], seed: 1 },
      ].map((body) => post(body)),
    )
    expect(one?.json().configHash).toBe(same?.json().configHash)
    expect(one?.json().configHash).not.toBe(other?.json().configHash)
  })

  test('a pool without a live worker — accepted with a warning', async () => {
    const { warnings } = (await post({ pool: 'no-workers' })).json()
    expect(warnings).toEqual([expect.stringContaining('pool no-workers')])
  })
})

test('firstLayer auto — the faster way by the measured speed of a live worker of the pool; elsewhere by the cost model’s own', async () => {
  const notebook = { epochs: 30, pool: 'measured' }
  expect((await post(notebook)).json().config.firstLayer).toBe('dual')
  const speed = [{ width: 512, direct: 0.01, dual: 1 }]
  await api.workers.heartbeat(testWorker({ id: 'fast', pools: ['measured'], speed }))
  expect((await post(notebook)).json().config.firstLayer).toBe('direct')
  const dryRun = await api.app.inject({ method: 'POST', url: `${URL}?dryRun=true`, payload: notebook })
  expect(DryRun.parse(dryRun.json()).firstLayer).toMatchObject({
    choice: 'direct',
    reason: expect.stringContaining('by the speed of a live worker'),
  })
  expect((await post({ ...notebook, pool: 'other' })).json().config.firstLayer).toBe('dual')
  expect((await post({ ...notebook, firstLayer: 'dual' })).json().config.firstLayer).toBe('dual')
  await api.workers.remove('fast')
})

const refused: [string, object][] = [
  ['/dataset', { dataset: 'mnist' }],
  ['/imageSize', { imageSize: 7 }],
  ['/imageSize', { imageSize: 513 }],
  ['/imageSize', { imageSize: 32.5 }],
  ['/depth', { depth: -1 }],
  ['/depth', { depth: 65 }],
  ['/width', { width: 0 }],
  ['/width', { width: 8193 }],
  ['/layerSizes', { layerSizes: Array.from({ length: 65 }, () => 8) }],
  ['/layerSizes/1', { layerSizes: [8, 0] }],
  ['/norm', { norm: 'instance' }],
  ['/normPosition', { normPosition: 'between' }],
  ['/groupSize', { groupSize: 0 }],
  ['/keepModel', { keepModel: 'last' }],
  ['/bias', { bias: 'yes' }],
  ['/lr', { lr: 0 }],
  ['/lr', { lr: 10.1 }],
  ['/lr', { lr: '1e-4' }],
  ['/lr', { lr: null }],
  ['/momentum', { momentum: -0.1 }],
  ['/momentum', { momentum: 1 }],
  ['/batchSize', { batchSize: 0 }],
  ['/batchSize', { batchSize: 4097 }],
  ['/epochs', { epochs: 0 }],
  ['/epochs', { epochs: 10_001 }],
  ['/seed', { seed: -1 }],
  ['/seed', { seed: 2 ** 32 }],
  ['/evaluate', { evaluate: 'train' }],
  ['/checkpointEverySeconds', { checkpointEverySeconds: 4 }],
  ['/checkpointEverySeconds', { checkpointEverySeconds: 3601 }],
  ['/name', { name: 'x'.repeat(201) }],
  ['/name', { name: 'a\u0000b' }],
  ['/tags', { tags: Array.from({ length: 21 }, (_, i) => `t${i}`) }],
  ['/tags/0', { tags: ['x'.repeat(51)] }],
  ['/notes', { notes: 'x'.repeat(10_001) }],
  ['/priority', { priority: 11 }],
  ['/priority', { priority: -11 }],
  ['/pool', { pool: 'Not a pool' }],
  ['/maxRetries', { maxRetries: -1 }],
  ['/timeLimitSeconds', { timeLimitSeconds: 0 }],
  ['/learningRate', { learningRate: 1 }],
  ['/a~1b~0c', { 'a/b~c': 1 }],
]
const accepted = [
  { imageSize: 8, depth: 0, batchSize: 4096 },
  { imageSize: 512, depth: 64, width: 1 },
  { depth: 0, width: 8192 },
  { lr: 10, momentum: 0, seed: 2 ** 32 - 1, epochs: 10_000 },
  { checkpointEverySeconds: 5, priority: -10, evaluate: 'none', bias: false },
  { checkpointEverySeconds: 3600, priority: 10, evaluate: 'test', dataset: 'synthetic-flowers' },
  { name: 'x'.repeat(200), tags: Array.from({ length: 20 }, (_, i) => `${i}`.padEnd(50, 'x')), notes: 'x\n'.repeat(5000) },
]

describe('POST /experiments — bounds', () => {
  test.each(refused)('%s — refused out of its bounds (%#)', async (pointer, body) => {
    const before = await count()
    const reply = await post(body)
    const problem = Problem.parse(reply.json())
    expect(reply.headers['content-type']).toContain('application/problem+json')
    expect(problem).toMatchObject({ status: 400, code: 'INVALID_INPUT', instance: URL })
    expect(problem.errors?.map((fault) => fault.pointer)).toEqual([pointer])
    expect(await count()).toBe(before)
  })

  test.each(accepted)('accepted at the bounds (%#)', async (body) => {
    expect((await post(body)).statusCode).toBe(201)
  })

  test('several faults — every field is named, unknown ones too', async () => {
    const problem = Problem.parse((await post({ lr: -1, epochs: 'many', norms: 1, wdith: 2 })).json())
    expect(problem.errors?.map(({ pointer }) => pointer).toSorted()).toEqual(['/epochs', '/lr', '/norms', '/wdith'])
  })

  test('fields that contradict each other — 422 naming each', async () => {
    const problem = Problem.parse((await post({ layerSizes: [8], depth: 1, width: 8, batchSize: 1, epochs: 10_000 })).json())
    expect(problem).toMatchObject({ status: 422, code: 'UNPROCESSABLE_CONFIG' })
    expect(problem.errors?.map(({ pointer }) => pointer).toSorted()).toEqual(['/depth', '/epochs', '/width'])
  })

  test('the dual form with more images than it can have — 422 with what would do', async () => {
    const problem = Problem.parse((await post({ firstLayer: 'dual', imageSize: 16 })).json())
    expect(problem).toMatchObject({ status: 422, code: 'UNPROCESSABLE_CONFIG', errors: [{ pointer: '/firstLayer' }] })
    expect(problem.errors?.[0]?.detail).toContain('raise imageSize')
  })

  test('a group size that does not divide the width, and a last batch of one under batch norm — 422 with what would do', async () => {
    const group = Problem.parse((await post({ norm: 'group', width: 100 })).json())
    expect(group).toMatchObject({ status: 422, code: 'UNPROCESSABLE_CONFIG' })
    expect(group.errors?.map(({ pointer }) => pointer)).toEqual(['/groupSize', '/width'])
    expect(group.errors?.[0]?.detail).toContain('20, 25, 50 would do')
    const batch = Problem.parse((await post({ norm: 'batch', batchSize: 1019 })).json())
    expect(batch.errors).toMatchObject([{ pointer: '/batchSize', detail: expect.stringContaining('1018 or 1020 would do') }])
  })

  test('a norm at depth 0 — accepted with a warning', async () => {
    const { warnings, config } = (await post({ depth: 0, norm: 'batch' })).json()
    expect(warnings[0]).toBe('norm batch has no effect at depth 0: only hidden layers are normalised')
    expect(config).toMatchObject({ norm: 'batch', normPosition: null, normAffine: null, groupSize: null })
  })
})

const bodies: [string, { payload: string; type?: string }, number, string][] = [
  ['malformed JSON', { payload: '{"lr": 1e-4,' }, 400, 'MALFORMED_JSON'],
  ['an empty body', { payload: '' }, 400, 'MALFORMED_JSON'],
  ['NaN, which JSON lacks', { payload: '{"lr": NaN}' }, 400, 'MALFORMED_JSON'],
  ['an array', { payload: '[]' }, 400, 'INVALID_INPUT'],
  ['a poisoned prototype', { payload: '{"__proto__": {"lr": 1}}' }, 400, 'MALFORMED_JSON'],
  ['10 MB', { payload: JSON.stringify({ notes: 'x'.repeat(10_000_000) }) }, 413, 'BODY_TOO_LARGE'],
  ['a form', { payload: 'lr=1', type: 'application/x-www-form-urlencoded' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
  ['plain text', { payload: '{}', type: 'text/plain' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
]

describe('POST /experiments — bodies', () => {
  test.each(bodies)('%s', async (_name, { payload, type = 'application/json' }, status, code) => {
    const before = await count()
    const reply = await api.app.inject({ method: 'POST', url: URL, payload, headers: { 'content-type': type } })
    expect(Problem.parse(reply.json())).toMatchObject({ status, code })
    expect(reply.statusCode).toBe(status)
    expect(await count()).toBe(before)
  })

  test('an unknown parameter — named', async () => {
    const reply = await api.app.inject({ method: 'POST', url: `${URL}?dryrun=true`, payload: {} })
    expect(reply.json()).toMatchObject({ status: 400, errors: [{ pointer: 'dryrun' }] })
  })
})

describe('POST /experiments — Idempotency-Key', () => {
  test('the same key and body — the same experiment, said so; another body — 422', async () => {
    const headers = { 'idempotency-key': 'k-1' }
    const first = await post({ lr: 0.1, name: 'once' }, headers)
    const before = await count()
    const again = await post({ name: 'once', lr: 0.1, momentum: 0.9 }, headers)
    expect(first.headers['idempotency-replayed']).toBeUndefined()
    expect(again.headers['idempotency-replayed']).toBe('true')
    expect(again.statusCode).toBe(201)
    expect(again.json().id).toBe(first.json().id)
    expect(await count()).toBe(before)
    const other = await post({ lr: 0.2, name: 'once' }, headers)
    expect(other.json()).toMatchObject({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED' })
  })

  test('eight at once — one experiment', async () => {
    const replies = await Promise.all(Array.from({ length: 8 }, () => post({ seed: 8 }, { 'idempotency-key': 'k-8' })))
    expect(new Set(replies.map((reply) => reply.json().id)).size).toBe(1)
    expect(replies.filter((reply) => reply.headers['idempotency-replayed'] === undefined)).toHaveLength(1)
  })

  test.each([255, 256])('a key of %i characters', async (length) => {
    expect((await post({}, { 'idempotency-key': 'k'.repeat(length) })).statusCode).toBe(length === 255 ? 201 : 400)
  })
})

describe('POST /experiments?dryRun=true', () => {
  test("the notebook's config — shapes and counts, and nothing queued", async () => {
    const before = await count()
    const reply = await api.app.inject({
      method: 'POST',
      url: `${URL}?dryRun=true`,
      payload: { depth: 3, norm: 'none', lr: 1e-4, epochs: 30 },
    })
    const dryRun = DryRun.parse(reply.json())
    expect(reply.statusCode).toBe(200)
    expect(dryRun.shapes).toMatchObject({ images: [64, 3, 128, 128], targets: [64], logits: [64, 102] })
    expect(dryRun.shapes.hidden).toEqual([
      [64, 512],
      [64, 512],
      [64, 512],
    ])
    expect(dryRun.counts).toMatchObject({ trainImages: 1020, stepsPerEpoch: 16, steps: 480 })
    // 49152·512 + 512 + 2·(512·512 + 512) + 512·102 + 102
    expect(dryRun.parameters).toBe(25_743_974)
    expect(await count()).toBe(before)
  })
})

describe('POST /experiments — what the service cannot hold', () => {
  test('a network above every live worker of the pool — 422; a larger worker — accepted', async () => {
    const body = { depth: 64, width: 8192, pool: 'small' }
    await api.workers.heartbeat(testWorker({ id: 'small-1', pools: ['small'], memoryBytes: 2 ** 30 }))
    expect((await post(body)).json()).toMatchObject({ status: 422, code: 'NETWORK_TOO_LARGE', detail: expect.stringContaining('1024 MiB') })
    await api.workers.heartbeat(testWorker({ id: 'small-2', pools: ['small'], memoryBytes: 2 ** 40 }))
    expect((await post(body)).json()).toMatchObject({ state: 'queued', warnings: [] })
  })

  test.each([
    ['under 2 GiB', { freeBytes: 1.9 * 2 ** 30, totalBytes: 20 * 2 ** 30 }],
    ['under 5 %', { freeBytes: 40 * 2 ** 30, totalBytes: 1000 * 2 ** 30 }],
  ])('a disk with %s free — 503 with Retry-After, and not ready', async (_name, space) => {
    const before = { ...api.disk }
    Object.assign(api.disk, space)
    const [reply, ready] = [await post({}), await api.app.inject('/readyz')]
    Object.assign(api.disk, before)
    expect(reply.json()).toMatchObject({ status: 503, code: 'STORE_FULL' })
    expect(reply.headers['retry-after']).toBe('2')
    expect(ready.statusCode).toBe(503)
    expect((await api.app.inject('/readyz')).statusCode).toBe(200)
  })

  test('Redis above 85 % of its maxmemory — 503 with Retry-After', async () => {
    const used = Number(/used_memory:(\d+)/.exec(await api.redis.info('memory'))?.[1])
    await api.redis.config('SET', 'maxmemory', `${Math.ceil(used / 0.9)}`)
    await expect.poll(async () => (await post({})).json().code, { timeout: 10_000 }).toBe('STORE_FULL')
    await api.redis.config('SET', 'maxmemory', '0')
    await expect.poll(async () => (await post({})).statusCode, { timeout: 10_000 }).toBe(201)
  })
})
