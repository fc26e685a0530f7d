import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { type Artifacts, openArtifacts, openStore, StoreEnv, storeSettings } from '@trainyard/artifacts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type RedisProxy, startRedisProxy } from '@trainyard/testing/redis/redis-proxy'
import { presentPythonWithMoto } from '@trainyard/testing/python/python-with-moto'
import { type S3Process, startS3 } from '@trainyard/testing/services/s3-process'
import { createLog } from '../process/log.ts'
import { testWorkers } from '../test-workers.ts'
import { createArtifactSync, type ArtifactSyncDeps } from './artifact-sync.ts'

const python = await presentPythonWithMoto()

describe.skipIf(python === null)('a worker whose artifacts lie in a store', () => {
  const workers = testWorkers()
  let s3: S3Process
  let proxy: RedisProxy
  let folders: string[]

  beforeAll(async () => {
    s3 = await startS3({ python: python ?? '' })
    Object.assign(process.env, s3.env())
  })
  afterAll(() => s3.stop())
  beforeEach(async () => {
    folders = []
    proxy = await startRedisProxy(s3.url)
  })
  afterEach(async () => {
    await proxy.close()
    for (const folder of folders) await rm(folder, { recursive: true, force: true })
  })

  /** Of a host of its own, which reaches the store through the proxy. */
  async function host(): Promise<{ dataFolder: string; artifacts: Artifacts }> {
    const dataFolder = await mkdtemp(path.join(os.tmpdir(), 'host-'))
    folders.push(dataFolder)
    const settings = storeSettings(StoreEnv.parse(s3.env(proxy.url.replace('redis:', 'http:'))))
    return { dataFolder, artifacts: openArtifacts(dataFolder, await openStore(settings)) }
  }
  const checkpointsOf = async (id: string): Promise<string[]> =>
    (await s3.keys()).filter((key) => key.startsWith(`checkpoints/${id}/`)).map((key) => path.basename(key))
  const recorded = async (id: string): Promise<string[]> => (await workers.own.store.recordedFiles(id)).checkpoints.map(({ file }) => file)

  test('what a record names is in the store; another host goes on from it, and what the record no longer names is gone', async () => {
    const { create, start, store, runsPast, enters, expectWhole } = workers.own
    const id = await create({ epochs: 100, keepModel: 'final' })
    const first = await start(await host())
    await runsPast(id, 5)
    await first.drain()
    const { checkpoints } = await store.recordedFiles(id)
    expect(await checkpointsOf(id)).toEqual(expect.arrayContaining(checkpoints.map(({ file }) => file)))
    await start(await host())
    const { attempts } = await enters(id, 'completed')
    expect(attempts).toMatchObject([{ outcome: 'drained' }, { outcome: 'completed', resumedFromEpoch: checkpoints[0]?.epoch }])
    await expectWhole(id, 100)
    const { model } = await store.recordedFiles(id)
    await expect.poll(async () => (await s3.keys()).filter((key) => key.includes(id))).toEqual([`models/${id}/${model?.folder}/model.json`])
  })

  test('a checkpoint that is damaged in the store costs the epochs since the one before it', async () => {
    const { create, start, runsPast, enters, expectWhole, store } = workers.own
    const id = await create({ epochs: 100 })
    const first = await start(await host())
    await runsPast(id, 5)
    await first.drain()
    const { checkpoints } = await store.recordedFiles(id)
    await s3.damage(`checkpoints/${id}/${checkpoints[0]?.file}`)
    await start(await host())
    const { attempts } = await enters(id, 'completed')
    expect(attempts[1]).toMatchObject({ resumedFromEpoch: checkpoints[1]?.epoch })
    await expectWhole(id, 100)
  })

  test('a store that is away for a while costs no attempt, and cachedSplits no epoch up', async () => {
    const { create, start, runsPast, enters, expectWhole } = workers.own
    await start(await host())
    const id = await create({ epochs: 150, keepModel: 'final' })
    await runsPast(id, 3)
    proxy.cut()
    const before = await recorded(id)
    await runsPast(id, 150)
    // the last epoch is there, and neither its model nor its end
    expect((await workers.own.store.get(id)).state).toBe('running')
    expect(Number((await recorded(id))[0]?.match(/-(\d+)\./)?.[1])).toBeLessThan(150)
    expect(before.length).toBeGreaterThan(0)
    proxy.heal()
    const { attempts } = await enters(id, 'completed')
    expect(attempts).toHaveLength(1)
    await expectWhole(id, 150)
    expect((await s3.keys()).filter((key) => key.startsWith(`models/${id}/`))).toHaveLength(1)
  })

  test('a store that is away when an experiment moves — it waits for it, and goes on', async () => {
    const { create, start, runsPast, enters } = workers.own
    const id = await create({ epochs: 100, maxRetries: 0 })
    const first = await start(await host())
    await runsPast(id, 5)
    await first.drain()
    proxy.cut()
    await start(await host())
    await enters(id, 'running')
    const newest = await recorded(id)
    proxy.heal()
    const { attempts } = await enters(id, 'completed')
    expect(newest[0]).toContain(`-${attempts[1]?.resumedFromEpoch}.`)
  })

  test.each(['cancel', 'drain'] as const)('%s does not wait for a store that does not answer', async (command) => {
    const { create, start, runsPast, enters, store } = workers.own
    const worker = await start(await host())
    const id = await create({ epochs: 60, keepModel: 'final' })
    await runsPast(id, 3)
    proxy.swallow()
    await runsPast(id, 60)
    if (command === 'cancel') {
      await store.cancel(id)
      await enters(id, 'canceled')
    } else {
      const drained = worker.drain()
      await enters(id, 'queued')
      proxy.heal()
      await drained
    }
    proxy.heal()
    expect((await store.get(id)).attempts.map(({ outcome }) => outcome)).toEqual([command === 'cancel' ? 'canceled' : 'drained'])
  })

  test('canceled while it waits for what it goes on from', async () => {
    const { create, start, runsPast, enters, store } = workers.own
    const id = await create({ epochs: 100 })
    const first = await start(await host())
    await runsPast(id, 5)
    await first.drain()
    proxy.swallow()
    await start(await host())
    await enters(id, 'running')
    await store.cancel(id)
    expect((await enters(id, 'canceled')).attempts).toMatchObject([{ outcome: 'drained' }, { outcome: 'canceled', resumedFromEpoch: null }])
    proxy.heal()
  })

  describe('createArtifactSync()', () => {
    const checkpoint = (epoch: number) => ({
      ...{ type: 'checkpoint' as const, runId: 'token' },
      checkpoint: { file: `${epoch}`, epoch, sha256: 's', bytes: 1 },
    })
    const model = { type: 'model' as const, runId: 'token', model: { kind: 'final' as const, epoch: 1, bytes: 1, folder: 'token' } }

    async function artifactSync(changes: Partial<ArtifactSyncDeps> = {}) {
      const uploaded: string[] = []
      const { artifacts } = await host()
      const id = await workers.own.create()
      const experiment = await workers.own.store.get(id)
      await mkdir(artifacts.checkpoints.folderOf(id), { recursive: true })
      for (const epoch of [1, 2, 3]) await writeFile(artifacts.checkpoints.pathOf(id, `${epoch}`), `${epoch}`)
      await mkdir(artifacts.models.pathOf(id, 'token'), { recursive: true })
      await writeFile(path.join(artifacts.models.pathOf(id, 'token'), 'model.json'), '{}')
      const claim = { experiment, token: 'token', checkpoints: [checkpoint(0).checkpoint], start: null, model: null }
      const onUploaded: ArtifactSyncDeps['onUploaded'] = (message) =>
        void uploaded.push(message.type === 'model' ? 'model' : message.checkpoint.file)
      return { own: createArtifactSync({ claim, artifacts, onUploaded, log: createLog('silent'), ...changes }), ...{ id, uploaded } }
    }

    test('in order, one at a time; a checkpoint that waits gives way to a newer one', async () => {
      const { own, uploaded, id } = await artifactSync()
      own.upload(checkpoint(1))
      await setImmediate()
      for (const epoch of [2, 3]) own.upload(checkpoint(epoch))
      own.upload(model)
      expect(await own.drain({ isComplete: false })).toEqual({ lacksModel: false })
      expect(uploaded).toEqual(['1', '3', 'model'])
      expect(await checkpointsOf(id)).toEqual(['1', '3'])
    })

    test('a run that is complete does not wait for a checkpoint', async () => {
      const { own, uploaded } = await artifactSync()
      proxy.cut()
      own.upload(checkpoint(1))
      own.upload(checkpoint(2))
      expect(await own.drain({ isComplete: true })).toEqual({ lacksModel: false })
      expect(uploaded).toEqual([])
    })

    test('a store that stays away — given up, the model, too, once the trainer has ended', async () => {
      const { own, uploaded } = await artifactSync({ awayMs: 0 })
      proxy.cut()
      expect(await own.download()).toBe(false)
      own.upload(checkpoint(1))
      own.upload(model)
      expect(await own.drain({ isComplete: true })).toEqual({ lacksModel: true })
      expect(uploaded).toEqual([])
    })
  })
})
