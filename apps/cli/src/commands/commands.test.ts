import { DATASET_CATALOGUE, ExperimentPage } from '@trainyard/contracts'
import { afterEach, expect, test } from 'vitest'
import { sendJson, sendProblem, startStubService, storedEpoch, testExperiment } from '@trainyard/testing/services/stub-service'
import { runCli, runCliProcess } from '../test-run.ts'

type StubService = Awaited<ReturnType<typeof startStubService>>
const { id } = testExperiment
let service: StubService | undefined
afterEach(() => service?.stop())

/** Runs a command against a service that answers everything alike. */
async function run(args: readonly string[], { answer, status = 200 }: { answer: unknown; status?: number }) {
  service = await startStubService((_request, response) => sendJson(response, answer, status))
  return { ...(await runCli(args, { url: service.url })), seen: service.seen }
}

test('submit — sends the flags, says the id, the state and how to watch it', async () => {
  const args = ['submit', '--depth', '2', '--lr', '1e-3', '--no-bias', '--tags', 'a,b', '--idempotency-key', 'k']
  const { code, stdout, stderr, seen } = await run(args, { answer: testExperiment, status: 201 })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toBe(`experiment ${id} is queued, number 1 in the queue\nfollow it: trainyard watch ${id}\n`)
  expect(seen[0]).toMatchObject({ method: 'POST', url: '/api/v1/experiments', headers: { 'idempotency-key': 'k' } })
  expect(JSON.parse(seen[0]?.body ?? '')).toMatchObject({ depth: 2, lr: 0.001, bias: false, tags: ['a', 'b'] })
})

test('submit — a wrong flag is said without asking the service', async () => {
  const { code, stdout, stderr, seen } = await run(['submit', '--depth', '99', '--image-size', 'big'], { answer: {} })
  expect({ code, stdout, seen }).toEqual({ code: 2, stdout: '', seen: [] })
  expect(stderr).toBe('error: The input is not valid\n  --image-size wants a number, not "big"\n')
})

test("submit — the service's refusal names the flags", async () => {
  const errors = [{ pointer: '/layerSizes/0', detail: 'is larger than any worker' }]
  service = await startStubService((_request, response) => sendProblem(response, { status: 422, code: 'NETWORK_TOO_LARGE', errors }))
  const { code, stderr } = await runCli(['submit', '--layer-sizes', '8192'], { url: service.url })
  expect(code).toBe(2)
  expect(stderr).toBe('error: The network is larger than any worker\n  --layer-sizes is larger than any worker\n')
})

test('submit --dry-run — shows shapes and cost', async () => {
  const { config, configHash } = testExperiment
  const layer = { layer: 1, kind: 'output', outputNorm: 2.5, biasShare: 0.25, imageShare: 0.1, gradientNorm: 3, outputGradientNorm: 0.3 }
  const signal = { verdict: 'fading', advice: 'Add norm layer.', layers: [layer] }
  const shapes = { images: [64, 3, 32, 32], targets: [64], hidden: [[64, 512]], logits: [64, 102] }
  const counts = { trainImages: 1020, evalImages: 1020, stepsPerEpoch: 16, steps: 480 }
  const answer = {
    config,
    configHash,
    shapes,
    counts,
    parameters: 1_625_702,
    memoryBytes: 2 ** 29,
    flopsPerEpoch: 1e9,
    firstLayer: { choice: 'dual', reason: 'About 1 s against 2 s.', directSeconds: 2, dualSeconds: 1 },
    signal,
    warnings: [],
  }
  const { stdout, seen } = await run(['submit', '--dry-run'], { answer })
  expect(seen[0]?.url).toBe('/api/v1/experiments?dryRun=true')
  expect(stdout).toContain('hidden layer 1  [64, 512]')
  expect(stdout).toContain('1,625,702')
  expect(stdout).toContain('first layer     dual. About 1 s against 2 s.')
  expect(stdout).toContain('signal: fading. Add norm layer.')
  expect(stdout).toMatch(/1 output +2\.50 +25\.0 % +10\.0 % +3\.00/)
})

test('list — a table of what the filters let through', async () => {
  const answer = { items: [{ ...testExperiment, name: 'a\u001b[31mname', latest: storedEpoch(3) }], nextPageToken: 'more' }
  const { stdout, seen } = await run(['list', '--state', 'queued', '--tag', 'x', '--limit', '1'], { answer })
  expect(seen[0]?.url).toBe('/api/v1/experiments?state=queued&tag=x&pageSize=1')
  expect(stdout).toMatch(/^id +state +epoch +loss/)
  expect(stdout).toContain('3/30  4.595000')
  expect(stdout).toContain('trainyard list --page-token more')
  expect(stdout).not.toContain('\u001b')
})

test.each([
  [['list'], 'trainyard submit'],
  [['list', '--tag', 'x'], 'fewer flags'],
  [['losses', 'latest'], 'trainyard watch latest'],
  [['logs', 'latest'], 'nothing has been logged'],
  [['workers'], 'npm start'],
])('%j — an empty list says what to do next', async (args, words) => {
  const { code, stdout } = await run(args, { answer: { items: [], nextPageToken: null } })
  expect(code).toBe(0)
  expect(stdout).toContain(words)
})

test('workers — a second table of GPUs, where there are some: what is not measured stays empty', async () => {
  const worker = {
    ...{
      id: 'w1',
      host: 'lab',
      pid: 1,
      version: '0.1.0',
      configVersion: 1,
      speed: null,
      unhealthyReason: null,
      pools: ['default'],
      engine: null,
      memoryBytes: 2 ** 30,
      cachedSplits: [],
      draining: false,
    },
    slots: [{ slot: 0, experimentId: null, trainer: 'idle', gpu: 0 }],
    startedAt: '2026-01-01T00:00:00.000Z',
    lastHeartbeatAt: '2026-01-01T00:00:00.000Z',
  }
  const gpu = {
    index: 0,
    uuid: 'GPU-5d3b',
    name: 'NVIDIA T400 4GB',
    driverVersion: '535.183.01',
    utilisation: 0.34,
    temperatureCelsius: 44,
    powerWatts: null,
  }
  const memory = { memoryTotalBytes: 2 ** 32, memoryUsedBytes: 2 ** 30 }
  const { stdout } = await run(['workers'], { answer: { items: [{ ...worker, gpus: [{ ...gpu, ...memory }] }] } })
  expect(stdout.split('\n\n')[1]?.split('\n').slice(0, 2)).toEqual([
    'worker  GPU                 driver      busy                memory  temperature  power  runs',
    'w1      0: NVIDIA T400 4GB  535.183.01  34 %  1.00 GiB of 4.00 GiB        44 °C         idle',
  ])
  expect((await run(['workers'], { answer: { items: [{ ...worker, gpus: [] }] } })).stdout).not.toContain('GPU')
})

test('losses — a table with six decimals, the JSON of the service, or its CSV', async () => {
  service = await startStubService(({ headers }, response) => {
    if (headers.accept === 'text/csv') response.writeHead(200, { 'content-type': 'text/csv' }).end('epoch,loss\n1,4.615\n')
    else sendJson(response, { items: [storedEpoch(1), { ...storedEpoch(2), loss: 'NaN', evalSplit: null, evalLoss: null }] })
  })
  const { url } = service
  const table = await runCli(['losses', 'latest'], { url })
  expect(table.stdout.split('\n')).toEqual([
    'epoch       loss  accuracy  eval loss  eval acc.    top-5  s/epoch',
    '    1   4.615000     1.0 %   4.700000      2.0 %   10.0 %     0.50',
    '    2        NaN     1.0 %          –      2.0 %   10.0 %     0.50',
    '',
  ])
  const json = await runCli(['losses', 'latest', '--json'], { url })
  expect(JSON.parse(json.stdout)).toMatchObject({
    items: [
      { epoch: 1, loss: 4.615 },
      { epoch: 2, loss: 'NaN' },
    ],
  })
  expect((await runCli(['losses', 'latest', '--csv'], { url })).stdout).toBe('epoch,loss\n1,4.615\n')
})

test('show — says why it failed and what to do', async () => {
  const error = { class: 'user', code: 'LOSS_DIVERGED', message: 'The loss is NaN', advice: 'Lower lr' }
  const { stdout } = await run(['show', 'latest'], { answer: { ...testExperiment, state: 'failed', reason: 'user_error', error } })
  expect(stdout).toMatch(/error +LOSS_DIVERGED: The loss is NaN\nadvice +Lower lr/)
})

test.each([
  ['cancel', 'canceling', 'is being canceled'],
  ['cancel', 'canceled', 'is canceled'],
  ['pause', 'pausing', "is pausing; its worker stops at the epoch's end"],
  ['pause', 'paused', 'is paused'],
  ['resume', 'queued', 'is queued again'],
])('%s — prints the new state: %s', async (command, state, words) => {
  const { stdout, seen } = await run([command, 'latest'], { answer: { ...testExperiment, state }, status: 202 })
  expect(seen[0]).toMatchObject({ method: 'POST', url: `/api/v1/experiments/latest/${command}` })
  expect(stdout).toContain(`experiment ${id} ${words}`)
})

test('fork — sends the changes, the epoch and the key, and says where it goes on', async () => {
  const answer = { ...testExperiment, reason: 'forked', parent: { id, epoch: 12 }, warnings: ['the momentum begins at zero'] }
  const args = ['fork', 'latest', '--epoch', '12', '--lr', '1e-5', '--keep-model', 'final', '--reset-optimizer', '--idempotency-key', 'k']
  const { stdout, stderr, seen } = await run(args, { answer, status: 201 })
  expect(seen[0]).toMatchObject({ method: 'POST', url: '/api/v1/experiments/latest/fork', headers: { 'idempotency-key': 'k' } })
  expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ epoch: 12, changes: { lr: 0.00001, keepModel: 'final' }, resetOptimizer: true })
  expect(stdout).toContain(`to continue after epoch 12 of ${id}`)
  expect(stderr).toBe('warning: the momentum begins at zero\n')
})

test('fork — without flags nothing is changed; a field that changes shapes is no flag', async () => {
  const { seen } = await run(['fork', 'latest'], { answer: testExperiment, status: 201 })
  expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ changes: {} })
  expect((await runCli(['fork', 'latest', '--depth', '4'])).stderr).toContain("unknown option '--depth'")
  expect((await runCli(['fork', 'latest', '--epoch', '0'])).stderr).toContain('It must be the number of an epoch')
})

test('retry, set, delete, drain — what they ask, and what they say', async () => {
  const retry = await run(['retry', 'latest'], { answer: testExperiment, status: 201 })
  expect(retry.seen[0]).toMatchObject({ method: 'POST', url: '/api/v1/experiments/latest/retry' })
  await service?.stop()
  const set = await run(['set', 'latest', '--priority', '5', '--name', '', '--tags', 'a,b'], { answer: { ...testExperiment, priority: 5 } })
  expect(set.seen[0]?.method).toBe('PATCH')
  expect(JSON.parse(set.seen[0]?.body ?? '')).toEqual({ priority: 5, name: null, tags: ['a', 'b'] })
  expect(set.stdout).toContain('priority 5, number 1 in the queue')
  await service?.stop()
  const gone = await run(['delete', 'latest'], { answer: testExperiment })
  expect(gone.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
    ...['GET /api/v1/experiments/latest', `DELETE /api/v1/experiments/${id}`],
  ])
  expect(gone.stdout).toBe(`experiment ${id} is deleted\n`)
})

test('gc — what would be removed, why, and what stays', async () => {
  const none = { files: 0, bytes: 0 }
  const answer = {
    dryRun: true,
    evicted: ['x'],
    keptBytes: 3 * 2 ** 20,
    unknownBytes: 2 ** 20,
    fits: false,
    removed: { unused: { files: 1, bytes: 2 ** 20 }, deleted: none, unknown: none, overLimit: { files: 2, bytes: 2 ** 21 } },
  }
  const { stdout, stderr, seen } = await run(['gc', '--dry-run', '--max-disk', '2MB'], { answer })
  expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ dryRun: true, unknown: false, maxBytes: 2_000_000 })
  expect(stdout.split('\n').slice(0, 3)).toEqual([
    'would remove 1 file that no experiment needs, 1.0 MiB',
    'would remove 2 files of the oldest ended experiments, 2.0 MiB',
    '3.0 MiB are kept, 1.0 MiB of them of experiments that this service does not know',
  ])
  expect(stderr).toContain('alone exceed')
  expect((await runCli(['gc', '--max-disk', '20'])).stderr).toContain('like 20GB')
})

test('show — prints its parent, its retained files, and what each attempt repeated', async () => {
  const attempt = {
    number: 2,
    workerId: 'w',
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: null,
    outcome: null,
    resumedFromEpoch: 4,
    engine: null,
    ...{ repeated: { firstEpoch: 5, lastEpoch: 7, matched: true }, environmentChanged: false },
  }
  const answer = {
    ...{ ...testExperiment, parent: { id, epoch: 3 }, forkPoints: [{ epoch: 9, kind: 'checkpoint' }], attempts: [attempt] },
    transitions: [{ state: 'paused', reason: 'paused_by_user', at: '2026-01-02T03:04:05.000Z' }],
    replay: { of: id, comparedEpochs: 2, difference: { epoch: 2, layer: 1 } },
  }
  const { stdout } = await run(['show', 'latest'], { answer })
  expect(stdout).toContain(`${id}, after its epoch 3`)
  expect(stdout).toContain('epoch 9 (checkpoint)')
  expect(stdout).toContain('running on w, resumed after epoch 4, repeated epochs 5 to 7, which matched bit for bit')
  expect(stdout).toMatch(/2026-01-02 03:04:05 +paused \(paused_by_user\)/)
  expect(stdout).toContain(`differs from ${id} from epoch 2 on: layer 1`)
})

test('datasets list — what there is', async () => {
  const { stdout } = await run(['datasets', 'list'], { answer: { items: [{ ...DATASET_CATALOGUE.flowers102, cachedOn: [] }] } })
  expect(stdout).toMatch(/flowers102 +102 +1,020 +1,020 +6,149 +download +no worker yet/)
})

test('--json — one JSON value on stdout and nothing else', async () => {
  const page = { items: [testExperiment], nextPageToken: null }
  const { stdout, stderr } = await run(['--json', 'list'], { answer: page })
  expect(ExperimentPage.parse(JSON.parse(stdout))).toEqual(page)
  expect(stderr).toBe('')
})

test.each([
  [404, 'EXPERIMENT_NOT_FOUND', 3],
  [409, 'WRONG_STATE', 4],
  [503, 'REDIS_UNAVAILABLE', 5],
  [500, 'INTERNAL', 70],
])('a problem of status %d, %s — exit code %i, and its code as JSON on stderr', async (status, problemCode, exitCode) => {
  service = await startStubService((_request, response) => sendProblem(response, { status, code: problemCode, requestId: 'r-1' }))
  const { code, stdout, stderr } = await runCli(['show', '0000', '--json'], { url: service.url })
  expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' })
  expect(JSON.parse(stderr)).toEqual({ error: { code: problemCode, message: 'A sentence', requestId: 'r-1' } })
})

test('nothing there — one sentence with the address and what to do', async () => {
  service = await startStubService(() => {})
  await service.stop()
  const { code, stderr } = await runCli(['list'], { url: service.url })
  expect(code).toBe(5)
  expect(stderr).toBe(`error: Nothing answers at ${service.url}; start it with npm start or set TRAINYARD_URL\n`)
})

test.each([[['frob']], [['show']], [['list', '--frob']], [['list', '--limit', 'x']], [['--url', 'foo', 'list']]])(
  '%j — wrong usage is one line and exit code 2',
  async (args) => {
    const { code, stdout, stderr } = await runCli(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^error: .+\n$/)
  },
)

test('submit --help — has a flag for every field', async () => {
  const { code, stdout } = await runCli(['submit', '--help'])
  expect(code).toBe(0)
  expect(stdout).toContain('--image-size <number>')
  expect(stdout).toMatch(/learning rate; above 0 to 10 \(default:\s+0.0001\)/)
})

test('datasets fetch — runs on this host, without the service, and passes its exit code on', async () => {
  const fetched = await runCliProcess(['datasets', 'fetch', 'synthetic-flowers'])
  expect(fetched).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing to fetch') })
  const unknown = await runCliProcess(['datasets', 'fetch', 'roses'])
  expect(unknown).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('datasets fetch flowers102') })
})
