import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createClient } from '@trainyard/client'
import type { Epoch, Experiment } from '@trainyard/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Service, startService, stopAndRemove } from '@trainyard/testing/services/service'

const request = { dataset: 'synthetic-flowers', imageSize: 16, depth: 2, width: 64, norm: 'layer', lr: 0.01, keepModel: 'final' } as const
const flags = ['--dataset', 'synthetic-flowers', '--norm', 'layer', '--keep-model', 'final']

let service: Service
let folder: string
let file: string
let original: Experiment
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'import-'))
  file = path.join(folder, 'model.safetensors')
  service = await startService()
  original = await client().wait((await client().submit({ ...request, epochs: 5 })).id)
  await service.cli('export', original.id, '--out', folder)
}, 200_000)
afterAll(async () => {
  await stopAndRemove(service)
  await rm(folder, { recursive: true, force: true })
})

const client = () => createClient({ baseUrl: service.url }).experiments
const numbersOf = ({ seconds: _seconds, at: _at, attempt: _attempt, ...numbers }: Epoch) => numbers
const epochsOf = async (id: string) => (await client().epochs(id)).items.map(numbersOf)

async function imported(...more: string[]): Promise<Experiment> {
  const { stdout } = await service.cli('import', file, ...flags, ...more, '--json')
  return client().wait(z.object({ id: z.string() }).parse(JSON.parse(stdout)).id)
}

test('a model that was exported goes on where it was: hardly trained, it is evaluated as in its last epoch', async () => {
  const experiment = await imported('--lr', '1e-12', '--epochs', '1')
  expect(experiment).toMatchObject({
    state: 'completed',
    config: { imageSize: 16, layerSizes: [64, 64], initialWeights: expect.any(String) },
  })
  expect(experiment.attempts).toMatchObject([{ resumedFromEpoch: 0 }])
  expect(Number(experiment.latest?.evalLoss)).toBeCloseTo(Number(original.latest?.evalLoss), 6)
  expect(experiment.latest?.evalAccuracy).toBe(original.latest?.evalAccuracy)
})

test('run again and replayed, it begins with them again: equal, bit for bit', async () => {
  const first = await imported('--lr', '0.01', '--epochs', '4')
  const { stdout } = await service.cli('replay', first.id)
  expect(stdout).toContain(`all 4 epochs equal those of ${first.id}, bit for bit`)
  const again = await client().wait((await client().retry(first.id)).id)
  expect(await epochsOf(again.id)).toEqual(await epochsOf(first.id))
  expect(again.configHash).toBe(first.configHash)
  // from the seed it would be another run
  const seeded = await client().wait((await client().submit({ ...request, epochs: 4 })).id)
  expect(seeded.latest?.loss).not.toBe(first.latest?.loss)
})

test('a fork of it goes on from its own model', async () => {
  const first = await imported('--lr', '0.01', '--epochs', '2')
  const fork = await client().wait((await client().fork(first.id, { changes: { epochs: 4 } })).id)
  expect(fork).toMatchObject({ state: 'completed', parent: { id: first.id, epoch: 2 }, attempts: [{ resumedFromEpoch: 2 }] })
  expect((await epochsOf(fork.id)).slice(0, 2)).toEqual(await epochsOf(first.id))
})

test('what it began with leaves nothing on the disk when it has ended, but the upload', async () => {
  await imported('--epochs', '1')
  const { artifacts } = createClient({ baseUrl: service.url })
  // its worker removes it when the end is written
  await expect
    .poll(async () => (await artifacts.collectGarbage({ dryRun: true })).removed.unused, { timeout: 20_000 })
    .toEqual({ files: 0, bytes: 0 })
  // a torn file is refused by a word that the service says
  await writeFile(path.join(folder, 'torn.safetensors'), 'not weights')
  await expect(service.cli('import', path.join(folder, 'torn.safetensors'))).rejects.toMatchObject({
    ...{ code: 2, stderr: expect.stringContaining('This is no whole safetensors file') },
  })
})

test.each(['direct', 'dual'] as const)('paused and resumed, first layer %s — it goes on as one that was left alone', async (firstLayer) => {
  const large = path.join(folder, firstLayer)
  const begun = await client().wait((await client().submit({ ...request, imageSize: 32, epochs: 1 })).id)
  await service.cli('export', begun.id, '--out', large)
  file = path.join(large, 'model.safetensors')
  const alone = await imported('--lr', '0.001', '--epochs', '60', '--first-layer', firstLayer)
  const { initialWeights } = alone.config
  const { id } = await client().submit({
    ...request,
    imageSize: 32,
    lr: 0.001,
    epochs: 10_000,
    firstLayer,
    initialWeights: initialWeights ?? '',
  })
  for await (const { epoch } of client().watch(id)) if (epoch === 3) break
  await client().pause(id)
  for await (const { event } of client().events(id)) if (event.type === 'state' && event.data.state === 'paused') break
  const at = (await client().get(id)).latest?.epoch ?? 0
  await client().resume(id)
  for await (const { epoch } of client().watch(id)) if (epoch === at + 5) break
  await client().cancel(id)
  const { attempts } = await client().wait(id)
  expect(attempts).toMatchObject([{ resumedFromEpoch: 0 }, { resumedFromEpoch: at }])
  const [left, right] = [await epochsOf(alone.id), await epochsOf(id)]
  const count = Math.min(left.length, right.length)
  expect(count).toBeGreaterThan(3)
  expect(right.slice(0, count)).toEqual(left.slice(0, count))
})
