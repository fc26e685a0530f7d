import { afterAll, beforeAll, expect, test } from 'vitest'
import { createClient } from '@trainyard/client'
import type { Epoch, Experiment } from '@trainyard/contracts'
import { poll } from '../support/poll.ts'
import { type Service, startService, stopAndRemove } from '../support/service.ts'

const config = {
  dataset: 'synthetic-flowers',
  imageSize: 16,
  depth: 2,
  width: 64,
  lr: 0.01,
  epochs: 400,
  evaluate: 'none',
  maxRetries: 3,
} as const
const withoutTimes = ({ epoch, loss, accuracy }: Epoch) => ({ epoch, loss, accuracy })

let service: Service
beforeAll(async () => {
  service = await startService()
}, 200_000)
afterAll(() => stopAndRemove(service))

test('a worker killed by SIGKILL — its experiment completes, every epoch once, with the bits of an uninterrupted run', async () => {
  const client = createClient({ baseUrl: service.url })
  const uninterrupted = await client.submit(config)
  await ended(uninterrupted.id)

  const { id } = await client.submit(config)
  const seen: number[] = []
  let killed = false
  for await (const { event } of client.watch(id)) {
    if (event.type !== 'epoch') continue
    seen.push(event.data.epoch)
    if (event.data.epoch < 20 || killed) continue
    killed = true
    const worker = (await client.workers()).items.find(({ slots }) => slots.some((slot) => slot.experimentId === id))
    process.kill(worker?.pid ?? 0, 'SIGKILL')
  }
  expect(killed).toBe(true)
  expect(seen).toEqual(Array.from({ length: config.epochs }, (_, i) => i + 1))

  const experiment = await client.get(id)
  expect(experiment.state).toBe('completed')
  expect(experiment.attempts.map(({ outcome }) => outcome)).toEqual(['worker_lost', 'completed'])
  const [left, right] = await Promise.all([client.epochs(uninterrupted.id), client.epochs(id)])
  expect(right.items.map(withoutTimes)).toEqual(left.items.map(withoutTimes))
}, 240_000)

test('Ctrl-C — everything stops, nothing is left, and what was said is still there after a new start', async () => {
  const before: { items: Experiment[] } = await (await fetch(`${service.url}/api/v1/experiments`)).json()
  expect(await service.stop()).toBe(0)
  expect(await service.processes()).toEqual([])
  service = await startService({ data: service.data })
  const after: { items: Experiment[] } = await (await fetch(`${service.url}/api/v1/experiments`)).json()
  expect(after.items).toEqual(before.items)
  expect(after.items).toHaveLength(2)
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
