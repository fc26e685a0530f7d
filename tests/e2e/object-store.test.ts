import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createClient } from '@trainyard/client'
import type { Epoch, Experiment } from '@trainyard/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cluster, startCluster } from '../chaos/cluster/cluster.ts'
import { createHistory } from '../chaos/checks/history.ts'
import { poll } from '@trainyard/testing/inputs/poll'
import { presentPythonWithMoto } from '@trainyard/testing/python/python-with-moto'
import { type S3Process, startS3 } from '@trainyard/testing/services/s3-process'

const python = await presentPythonWithMoto()
const WITHIN = { timeoutMs: 180_000 }
const network = { dataset: 'synthetic-flowers', imageSize: 40, depth: 2, width: 64, lr: 0.01, evaluate: 'none' } as const
const config = { ...network, firstLayer: 'dual', epochs: 400, checkpointEverySeconds: 5, keepModel: 'final', maxRetries: 3 } as const
const numbersOf = ({ epoch, loss, accuracy, weightsHash }: Epoch) => ({ epoch, loss, accuracy, weightsHash })

describe.skipIf(python === null)('two APIs and two workers that share no folder, but a store', () => {
  let folder: string
  let s3: S3Process
  let cluster: Cluster
  let original: Experiment

  beforeAll(async () => {
    s3 = await startS3({ python: python ?? '' })
    folder = await mkdtemp(path.join(os.tmpdir(), 'hosts-'))
    const env = s3.env()
    cluster = await startCluster(createHistory(), {
      ...{ apis: 2, workers: 2 },
      environmentOf: (name) => ({
        ...(name !== 'redis' && env),
        TRAINYARD_DATA: path.join(folder, name),
        // the second one sends downloads to the store
        ...(name === 'api-2' && { TRAINYARD_S3_PUBLIC_ENDPOINT: s3.url.replace('127.0.0.1', 'localhost') }),
      }),
    })
    await poll(async () => expect((await client().workers.list()).items.filter(({ engine }) => engine)).toHaveLength(2), WITHIN)
    original = await client().experiments.wait((await client().experiments.submit(config)).id)
  }, 400_000)
  afterAll(async () => {
    await cluster?.stop({ keepLogs: false })
    await s3?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const client = (api = 0) => createClient({ baseUrl: cluster.urls[api] ?? '' })
  const modelUrl = (id: string, api: number, file = 'model.safetensors'): string =>
    `${cluster.urls[api]}/api/v1/experiments/${id}/models/final/${file}`
  const epochsOf = async (id: string) => (await client().experiments.epochs(id)).items.map(numbersOf)

  test('a worker killed after a checkpoint — another one, with another folder, goes on to the same bits', async () => {
    const { id } = await client().experiments.submit(config)
    await poll(async () => expect((await client().experiments.get(id)).forkPoints.length).toBeGreaterThan(0), WITHIN)
    const { items } = await client().workers.list()
    const pid = items.find(({ slots }) => slots.some(({ experimentId }) => experimentId === id))?.pid
    await cluster.workers.find((worker) => worker.pid() === pid)?.end()
    const { state, attempts } = await client().experiments.wait(id)
    expect([state, attempts.map(({ outcome }) => outcome)]).toEqual(['completed', ['worker_lost', 'completed']])
    expect(attempts[1]?.resumedFromEpoch).toBeGreaterThan(0)
    expect(attempts[1]?.workerId).not.toBe(attempts[0]?.workerId)
    expect(await epochsOf(id)).toEqual(await epochsOf(original.id))
    await client().experiments.remove(id)
    expect((await s3.keys()).filter((key) => key.includes(id))).toEqual([])
  }, 240_000)

  test('its model, by the API that streams it and by the one that sends to the store: the same bytes', async () => {
    const streamed = await fetch(modelUrl(original.id, 0), { redirect: 'error' })
    const bytes = Buffer.from(await streamed.arrayBuffer())
    expect([streamed.status, Number(streamed.headers.get('content-length'))]).toEqual([200, bytes.length])
    const sent = await fetch(modelUrl(original.id, 1), { redirect: 'manual' })
    expect([sent.status, sent.headers.get('cache-control'), sent.headers.get('etag')]).toEqual([307, 'private, no-store', null])
    expect(new URL(sent.headers.get('location') ?? '').hostname).toBe('localhost')
    const followed = await fetch(modelUrl(original.id, 1))
    expect(Buffer.from(await followed.arrayBuffer())).toEqual(bytes)
    expect(followed.headers.get('content-disposition')).toBe(`attachment; filename="${original.id}.safetensors"`)
    for (const file of ['model.json', 'weights.bin']) {
      const [left, right] = await Promise.all([0, 1].map(async (api) => (await fetch(modelUrl(original.id, api, file))).arrayBuffer()))
      expect(right).toEqual(left)
    }
    expect((await fetch(`${modelUrl(original.id, 1, 'weights.bin')}?weights=uint8`, { redirect: 'error' })).status).toBe(200)
    const passed = await fetch(`${modelUrl(original.id, 1)}?redirect=false`, { redirect: 'error' })
    expect([passed.status, passed.headers.get('etag')]).toEqual([200, streamed.headers.get('etag')])
    expect(Buffer.from(await passed.arrayBuffer())).toEqual(bytes)
  })

  test('a fork of it, an experiment that begins with its weights, and a prediction: each on any host', async () => {
    // so that nothing comes from where it was trained
    for (const { name } of cluster.workers) await rm(path.join(folder, name, 'work'), { recursive: true, force: true })
    const fork = await client(1).experiments.fork(original.id, { changes: { epochs: 402, firstLayer: 'direct' } })
    const weights = await (await fetch(modelUrl(original.id, 0))).arrayBuffer()
    const upload = await fetch(`${cluster.urls[0]}/api/v1/weights`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body: weights },
    })
    const { id: initialWeights }: { id: string } = await upload.json()
    const begun = await client(1).experiments.submit({ ...config, epochs: 2, initialWeights })
    for (const { id } of [fork, begun]) expect((await client().experiments.wait(id)).state).toBe('completed')
    const photo = await (await fetch(`${cluster.urls[0]}/api/v1/datasets/synthetic-flowers/samples`)).arrayBuffer()
    const named = await fetch(`${cluster.urls[1]}/api/v1/experiments/${original.id}/predict`, {
      ...{ method: 'POST', headers: { 'content-type': 'image/png' }, body: photo },
    })
    expect(await named.json()).toMatchObject({ model: { kind: 'final', epoch: 400 }, classes: expect.any(Array) })
    await poll(async () => expect((await s3.keys()).filter((key) => key.startsWith('starts/'))).toEqual([]), WITHIN)
  }, 240_000)

  test('what Redis no longer holds of one that ended — the same from each API', async () => {
    await poll(async () => expect(await s3.keys()).toContain(`results/${original.id}.json.gz`), WITHIN)
    const steps = [0, 1].map(async (api) =>
      (await fetch(`${cluster.urls[api]}/api/v1/experiments/${original.id}/batches?reduce=none`)).json(),
    )
    const [left, right] = await Promise.all(steps)
    expect(left.items).toHaveLength(400 * 16)
    expect(right).toEqual(left)
  })

  test('the store is away — /readyz warns and stays ready, a download is 503; experiments can be submitted and deleted', async () => {
    const check = async () => {
      const { ready, checks, warnings } = await client().ready()
      return { ready, ok: checks.find(({ name }) => name === 'artifacts')?.ok, warnings }
    }
    expect(await check()).toEqual({ ready: true, ok: true, warnings: [] })
    await s3.stop()
    expect(await check()).toEqual({ ready: true, ok: false, warnings: [expect.stringContaining('s3://trainyard/lab/')] })
    expect((await client().experiments.submit({ pool: 'no-workers' })).state).toBe('queued')
    const download = await fetch(modelUrl(original.id, 0))
    expect(await download.json()).toMatchObject({ status: 503, code: 'ARTIFACTS_UNAVAILABLE' })
    // the record goes, and a sweep removes the files when the store is back
    await client().experiments.remove(original.id)
  })
})
