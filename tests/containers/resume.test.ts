import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Experiment } from '@trainyard/client'
import { startContainers } from '@trainyard/testing/containers/container-service'
import { buildImages, docker, isDockerAvailable } from '@trainyard/testing/containers/docker'
import { poll } from '@trainyard/testing/inputs/poll'
import { presentPythonWithMoto } from '@trainyard/testing/python/python-with-moto'
import { type S3Process, startS3 } from '@trainyard/testing/services/s3-process'

const CONFIG = {
  dataset: 'synthetic-flowers',
  imageSize: 32,
  depth: 2,
  width: 64,
  norm: 'batch',
  firstLayer: 'direct',
  lr: 0.01,
  epochs: 150,
  checkpointEverySeconds: 5,
  keepModel: 'final',
} as const
const WITHIN = { timeoutMs: 300_000 }

const here = await isDockerAvailable()
const python = await presentPythonWithMoto()

describe.skipIf(!here || python === null)('containers that share nothing but Redis and a store', () => {
  let store: S3Process
  let service: Awaited<ReturnType<typeof startContainers>>
  beforeAll(async () => {
    await buildImages()
    store = await startS3({ python: python ?? '', host: '0.0.0.0' })
    service = await startContainers({ env: store.env(`http://test-host:${store.port}`) })
  }, 1_200_000)
  afterAll(async () => {
    await service?.close()
    await store?.stop()
  })

  const reaches = (id: string, fits: (experiment: Experiment) => boolean): Promise<Experiment> =>
    poll(async () => {
      const experiment = await service.client.experiments.get(id)
      if (!fits(experiment))
        throw new Error(`${experiment.state} at epoch ${experiment.latest?.epoch} (${JSON.stringify(experiment.error)})`)
      return experiment
    }, WITHIN)
  const completed = (id: string) => reaches(id, ({ state }) => state === 'completed')
  const hashes = async (id: string) => (await service.client.experiments.epochs(id)).items.map(({ weightsHash }) => weightsHash)

  test('a worker’s container killed mid-run — a second one goes on from the stored checkpoint, with the bits of an undisturbed run', async () => {
    const first = await service.startWorker()
    const undisturbed = await service.client.experiments.submit(CONFIG)
    await completed(undisturbed.id)

    const { id } = await service.client.experiments.submit(CONFIG)
    await reaches(id, ({ forkPoints, latest }) => forkPoints.length > 0 && (latest?.epoch ?? 0) > (forkPoints[0]?.epoch ?? 0))
    await docker('kill', '--signal', 'KILL', first.getId())
    await service.startWorker()

    const { attempts } = await completed(id)
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['worker_lost', 'completed'])
    expect(attempts[1]?.resumedFromEpoch).toBeGreaterThan(0)
    expect(await hashes(id)).toEqual(await hashes(undisturbed.id))
    expect(await hashes(id)).toHaveLength(CONFIG.epochs)
  }, 900_000)

  test('the API hands out the model that it has never had on its disk', async () => {
    const [{ id } = { id: '' }] = (await service.client.experiments.list()).items
    const answer = await service.client.experiments.modelFile(id, { kind: 'final', file: 'model.safetensors' })
    expect((await answer.arrayBuffer()).byteLength).toBe(Number(answer.headers.get('content-length')))
  })
})
