import path from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createClient } from '@trainyard/client'
import type { Epoch, Experiment } from '@trainyard/contracts'
import { flowers102Root } from '@trainyard/testing/inputs/flowers102'
import { type Service, startService, stopAndRemove } from '@trainyard/testing/services/service'

const LN_102 = Math.log(102)

describe.skipIf(flowers102Root().root === null)('the real service on the real Flowers102', () => {
  let service: Service | undefined
  let epochs: Epoch[] = []
  let experiment: Experiment

  beforeAll(async () => {
    service = await startService()
    const response = await fetch(`${service.url}/api/v1/experiments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"depth":3,"norm":"none","lr":1e-4,"epochs":2}',
    })
    expect(response.status).toBe(201)
    experiment = await response.json()
    expect(response.headers.get('location')).toBe(`/api/v1/experiments/${experiment.id}`)
    for await (const { event } of createClient({ baseUrl: service.url }).experiments.events(experiment.id)) {
      if (event.type === 'epoch') epochs.push(event.data)
      if (event.type === 'end') expect(event.data.state).toBe('completed')
    }
  }, 300_000)
  afterAll(() => stopAndRemove(service))

  test('SSE — two epochs, the first near ln 102, the second lower, both measured on val', () => {
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2])
    const [first, second] = epochs
    expect(Math.abs(Number(first?.loss) - LN_102)).toBeLessThan(0.01)
    expect(Number(second?.loss)).toBeLessThan(Number(first?.loss))
    for (const epoch of epochs) {
      expect(epoch).toMatchObject({ evalSplit: 'val', attempt: 1 })
      expect(Math.abs(Number(epoch.evalLoss) - LN_102)).toBeLessThan(0.01)
      expect(Number(epoch.evalTop5Accuracy)).toBeGreaterThanOrEqual(Number(epoch.evalAccuracy))
    }
  })

  test('polling, CSV and CLI — the same epochs, number for number', async () => {
    const base = `${service?.url}/api/v1/experiments/${experiment.id}`
    const polled: { items: Epoch[] } = await (await fetch(`${base}/epochs`)).json()
    expect(polled.items).toEqual(epochs)
    const csv = (await (await fetch(`${base}/epochs?format=csv`)).text()).trim().split(/\r?\n/)
    const columns = csv[0]?.split(',') ?? []
    expect(csv.slice(1).map((line) => Number(line.split(',')[columns.indexOf('loss')]))).toEqual(epochs.map(({ loss }) => loss))
    const cli = await service?.cli('losses', experiment.id, '--json')
    expect(JSON.parse(cli?.stdout ?? '').items).toEqual(epochs)
  })

  test('batches — every step of both epochs, and an epoch’s loss is their plain mean', async () => {
    const response = await fetch(`${service?.url}/api/v1/experiments/${experiment.id}/batches`)
    const { items }: { items: { epoch: number; step: number; loss: number }[] } = await response.json()
    expect(items.map(({ epoch, step }) => `${epoch}.${step}`)).toEqual(
      [1, 2].flatMap((e) => Array.from({ length: 16 }, (_, i) => `${e}.${i + 1}`)),
    )
    for (const { epoch, loss } of epochs) {
      const losses = items.filter((item) => item.epoch === epoch).map((item) => item.loss)
      expect(Math.abs(losses.reduce((sum, value) => sum + value, 0) / losses.length - Number(loss))).toBeLessThan(1e-6)
    }
  })

  test('samples — the CLI saves a picture of real flowers, each where the list says, as large as the list is long', async () => {
    const file = path.join(service?.data ?? '', 'samples.png')
    const cli = await service?.cli(
      'datasets',
      'samples',
      'flowers102',
      '--columns',
      '3',
      '--rows',
      '2',
      '--image-size',
      '32',
      '--out',
      file,
    )
    const { items } = await createClient({ baseUrl: service?.url ?? '' }).datasets.sampleList('flowers102', {
      columns: 3,
      rows: 2,
      imageSize: 32,
    })
    expect(items).toHaveLength(6)
    for (const { name } of items) expect(cli?.stdout).toContain(name)
    const image = sharp(file)
    expect(await image.metadata()).toMatchObject({ format: 'png', width: 3 * 34 - 2, height: 2 * 34 - 2 })
    // photographs, not one colour
    const { channels } = await image.extract({ left: 0, top: 0, width: 32, height: 32 }).stats()
    for (const { stdev } of channels.slice(0, 3)) expect(stdev).toBeGreaterThan(5)
  })

  test('the record has its engine, dataset, one attempt and its transitions', async () => {
    const shown: Experiment = await (await fetch(`${service?.url}/api/v1/experiments/latest`)).json()
    expect(shown).toMatchObject({ id: experiment.id, state: 'completed', reason: 'finished', error: null })
    expect(shown.engine?.version).toMatch(/^\d+\.\d+/)
    expect(shown.datasetHash).toBe('19cb395e78e7049ce0cabf01c403e24d7cccefe9d834bfd0f9522cc8fe1d073f')
    expect(shown.attempts).toMatchObject([{ number: 1, outcome: 'completed', resumedFromEpoch: 0 }])
    expect(shown.transitions.map(({ state }) => state)).toEqual(['queued', 'running', 'completed'])
  })
})
