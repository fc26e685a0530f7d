import { readdir } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createClient } from '@trainyard/client'
import type { Epoch, Experiment } from '@trainyard/contracts'
import { poll } from '@trainyard/testing/inputs/poll'
import { type Service, startService, stopAndRemove } from '@trainyard/testing/services/service'

const base = { dataset: 'synthetic-flowers', depth: 2, width: 64, lr: 0.01, evaluate: 'none', maxRetries: 3 } as const
const configs = [
  { ...base, imageSize: 16, firstLayer: 'direct', epochs: 120 },
  // long enough for a checkpoint after five seconds
  { ...base, imageSize: 40, firstLayer: 'dual', checkpointEverySeconds: 5, epochs: 400 },
] as const
const withoutTimes = ({ epoch, loss, accuracy }: Epoch) => ({ epoch, loss, accuracy })

let service: Service
beforeAll(async () => {
  service = await startService()
}, 200_000)
afterAll(() => stopAndRemove(service))

test.each(configs)(
  'a worker killed by SIGKILL, first layer $firstLayer — its experiment completes, every epoch once, with the bits of an uninterrupted run',
  async (config) => {
    const client = createClient({ baseUrl: service.url })
    const uninterrupted = await client.experiments.submit(config)
    await ended(uninterrupted.id)

    const { id } = await client.experiments.submit(config)
    const seen: number[] = []
    let killed = false
    let mayKill = config.firstLayer === 'direct'
    for await (const { event } of client.experiments.events(id)) {
      if (event.type !== 'epoch') continue
      seen.push(event.data.epoch)
      if (event.data.epoch < 20 || killed) continue
      // one epoch after its first checkpoint has come, so that the next attempt has what to go on from
      if (!mayKill) mayKill = await hasCheckpoint(id)
      else {
        killed = true
        const worker = (await client.workers.list()).items.find(({ slots }) => slots.some((slot) => slot.experimentId === id))
        process.kill(worker?.pid ?? 0, 'SIGKILL')
      }
    }
    expect(killed).toBe(true)
    expect(seen).toEqual(Array.from({ length: config.epochs }, (_, i) => i + 1))

    const experiment = await client.experiments.get(id)
    expect(experiment.state).toBe('completed')
    expect(experiment.config.firstLayer).toBe(config.firstLayer)
    expect(experiment.attempts.map(({ outcome }) => outcome)).toEqual(['worker_lost', 'completed'])
    if (config.firstLayer === 'dual') expect(experiment.attempts[1]?.resumedFromEpoch).toBeGreaterThan(0)
    const [left, right] = await Promise.all([client.experiments.epochs(uninterrupted.id), client.experiments.epochs(id)])
    expect(right.items.map(withoutTimes)).toEqual(left.items.map(withoutTimes))
  },
  240_000,
)

async function hasCheckpoint(id: string): Promise<boolean> {
  const files = await readdir(service.data, { recursive: true })
  return files.some((file) => file.includes(id) && file.endsWith('.checkpoint'))
}

test('Ctrl-C — everything stops, nothing is left, and what was said is still there after a new start', async () => {
  const before: { items: Experiment[] } = await (await fetch(`${service.url}/api/v1/experiments`)).json()
  expect(await service.stop()).toBe(0)
  expect(await service.processes()).toEqual([])
  service = await startService({ data: service.data })
  const after: { items: Experiment[] } = await (await fetch(`${service.url}/api/v1/experiments`)).json()
  expect(after.items).toEqual(before.items)
  expect(after.items).toHaveLength(2 * configs.length)
}, 240_000)

async function ended(id: string): Promise<void> {
  await poll(
    async () => {
      const { state }: Experiment = await (await fetch(`${service.url}/api/v1/experiments/${id}`)).json()
      expect(['completed', 'failed', 'canceled']).toContain(state)
    },
    { timeoutMs: 120_000 },
  )
}
