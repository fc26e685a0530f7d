import { DatasetList, WorkerList } from '@trainyard/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApi, type TestApi, testWorker } from '../test-service.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
  await api.workers.heartbeat(
    testWorker({ id: 'a', host: '=cmd', cachedSplits: [{ dataset: 'flowers102', split: 'train', imageSize: 128 }] }),
  )
  await api.workers.heartbeat(testWorker({ id: 'b', pools: ['default', 'gpu'] }))
})
afterAll(() => api.stop())

describe('workers', () => {
  test('listed, one by id, and as CSV', async () => {
    const { items } = WorkerList.parse((await api.app.inject('/api/v1/workers')).json())
    expect(items.map(({ id }) => id)).toEqual(['a', 'b'])
    expect((await api.app.inject('/api/v1/workers/b')).json()).toMatchObject({ id: 'b', pools: ['default', 'gpu'] })
    const [, a, b] = (await api.app.inject('/api/v1/workers?format=csv')).body.split('\n')
    expect(a).toMatch(/^a,'=cmd,1,0\.1\.0,default,/)
    expect(b).toMatch(/^b,here,1,0\.1\.0,default;gpu,/)
  })

  test('the GPUs of each, also as CSV, and none of a worker that knows nothing of GPUs', async () => {
    const T400 = {
      name: 'NVIDIA T400 4GB',
      driverVersion: '535.183.01',
      memoryTotalBytes: 4096,
      memoryUsedBytes: 310,
      temperatureCelsius: 44,
    }
    const gpus = [0, 1].map((index) => ({ ...T400, index, uuid: `GPU-${index}`, utilisation: index / 4, powerWatts: null }))
    await api.workers.heartbeat(testWorker({ id: 'g', gpus, slots: [{ slot: 0, experimentId: null, trainer: 'idle', gpu: 1 }] }))
    expect((await api.app.inject('/api/v1/workers/g')).json()).toMatchObject({ gpus, slots: [{ gpu: 1 }] })
    const [header = '', ...rows] = (await api.app.inject('/api/v1/workers?format=csv')).body.split('\n').map((line) => line.split(','))
    const cell = (name: string) => rows.find(([id]) => id === 'g')?.[header.indexOf(name)]
    expect(['gpus', 'gpuUtilisation', 'gpuMemoryUsedBytes', 'gpuTemperatureCelsius', 'gpuPowerWatts'].map(cell)).toEqual([
      ...['0 NVIDIA T400 4GB;1 NVIDIA T400 4GB', '0;0.25', '310;310', '44;44', ';'],
    ])
  })

  test('none of that id — 404', async () => {
    expect((await api.app.inject('/api/v1/workers/c')).json()).toMatchObject({ status: 404, code: 'WORKER_NOT_FOUND' })
  })
})

describe('datasets', () => {
  test('listed with their counts and who cachedSplits them, one by name, and as CSV', async () => {
    const { items } = DatasetList.parse((await api.app.inject('/api/v1/datasets')).json())
    expect(items).toMatchObject([
      {
        name: 'flowers102',
        splits: { train: 1020, val: 1020, test: 6149 },
        cachedOn: [{ workerId: 'a', splits: [{ split: 'train', imageSize: 128 }] }],
      },
      { name: 'synthetic-flowers', generated: true, cachedOn: [] },
    ])
    expect((await api.app.inject('/api/v1/datasets/flowers102')).json()).toEqual(items[0])
    expect((await api.app.inject('/api/v1/datasets?format=csv')).body).toMatch(/^flowers102,"Oxford 102.*,102,1020,1020,6149,false,.*,a$/m)
  })

  test('none of that name — 404 that names those there are', async () => {
    const reply = await api.app.inject('/api/v1/datasets/mnist')
    expect(reply.json()).toMatchObject({ status: 404, code: 'DATASET_NOT_FOUND', detail: expect.stringContaining('synthetic-flowers') })
  })
})
