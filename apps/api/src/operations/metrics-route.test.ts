import { afterAll, beforeAll, expect, test } from 'vitest'
import { CONFIG_VERSION } from '@trainyard/contracts'
import { epochResult } from '@trainyard/testing/experiments/new-experiment'
import { poll } from '@trainyard/testing/inputs/poll'
import { claimNext, startTestApi, type TestApi, testWorker } from '../test-service.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.stop())

/** Every sample by its name and labels; each line must be one of the format. */
async function scrape(): Promise<Map<string, number>> {
  const reply = await api.app.inject('/metrics')
  expect(reply.statusCode).toBe(200)
  expect(reply.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/)
  const lines = reply.body.trimEnd().split('\n')
  const samples = lines.filter((line) => !line.startsWith('#') && line !== '')
  for (const line of samples)
    expect(line).toMatch(/^[a-z_:][a-z0-9_:]*(\{([a-z_]+="([^"\\\n]|\\.)*",?)*\})? -?(\d+(\.\d+)?(e[+-]?\d+)?|Nan|\+Inf)$/i)
  // one block for each name
  const named = lines.flatMap((line) => /^# TYPE (\S+)/.exec(line)?.[1] ?? [])
  expect(new Set(named).size).toBe(named.length)
  return new Map(samples.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]))
}

test('/metrics — the fleet as it is and what it has done, each once', async () => {
  await api.workers.heartbeat(
    testWorker({
      id: 'w"1',
      host: 'here',
      slots: [
        { slot: 1, experimentId: 'abc', trainer: 'busy', gpu: null },
        { slot: 2, experimentId: null, trainer: 'idle', gpu: null },
      ],
    }),
  )
  await api.app.inject({ method: 'POST', url: '/api/v1/experiments', payload: { pool: 'metrics', epochs: 2 } })
  const { attempt, leave } = await claimNext(api, 'metrics')
  await attempt.epoch(epochResult(1, { seconds: 0.2 }))
  await attempt.epoch(epochResult(1, { seconds: 0.2 })) // the same once more, as after a lost reply
  await attempt.epoch(epochResult(2, { seconds: 5 }))
  await attempt.complete()
  await leave()
  const found = await scrape()
  const value = (name: string) => found.get(name)
  expect(value('trainyard_experiments{state="completed"}')).toBe(1)
  expect(value('trainyard_experiments{state="queued"}')).toBe(0)
  expect(value('trainyard_transitions_total{state="queued",reason="submitted"}')).toBe(1)
  expect(value('trainyard_transitions_total{state="running",reason="claimed"}')).toBe(1)
  expect(value('trainyard_attempts_total{outcome="completed"}')).toBe(1)
  expect(value('trainyard_attempts_total{outcome="worker_lost"}')).toBe(0)
  expect(value('trainyard_queue_wait_seconds_count')).toBe(1)
  expect(value('trainyard_queue_wait_seconds_bucket{le="+Inf"}')).toBe(1)
  expect(value('trainyard_epoch_seconds_count')).toBe(2)
  expect(value('trainyard_epoch_seconds_sum')).toBeCloseTo(5.2)
  expect(['0.1', '0.3', '3', '10', '+Inf'].map((le) => value(`trainyard_epoch_seconds_bucket{le="${le}"}`))).toEqual([0, 1, 1, 2, 2])
  expect(value('trainyard_images_total')).toBe(2 * 1020)
  expect(value('trainyard_worker_slots{worker="w\\"1",host="here",state="busy"}')).toBe(1)
  expect(value('trainyard_worker_slots{worker="w\\"1",host="here",state="free"}')).toBe(1)
  expect(value('trainyard_redis_seconds')).toBeGreaterThan(0)
  expect(value('http_request_duration_seconds_count{method="POST",route="/api/v1/experiments",status="201"}')).toBe(1)
  expect(value('process_resident_memory_bytes')).toBeGreaterThan(0)
})

test('/metrics — a retry and a wait in the queue have their own metrics', async () => {
  await api.app.inject({ method: 'POST', url: '/api/v1/experiments', payload: { pool: 'retries', epochs: 2 } })
  const { attempt, leave } = await claimNext(api, 'retries')
  await attempt.requeue({ reason: 'retry', error: { class: 'infrastructure', code: 'TRAINER_CRASHED', message: 'gone', advice: '' } })
  await leave()
  const found = await scrape()
  expect(found.get('trainyard_transitions_total{state="queued",reason="retry"}')).toBe(1)
  expect(found.get('trainyard_attempts_total{outcome="infrastructure_error"}')).toBe(1)
  expect(found.get('trainyard_experiments{state="queued"}')).toBe(1)
  expect(found.get(`trainyard_queue_waiting{pool="metrics",config_version="${CONFIG_VERSION}"}`)).toBe(0)
})

test('/metrics — how many wait in each pool’s queue, which is what workers are scaled by', async () => {
  for (const depth of [1, 2, 3]) await api.app.inject({ method: 'POST', url: '/api/v1/experiments', payload: { pool: 'scaled', depth } })
  const waiting = `trainyard_queue_waiting{pool="scaled",config_version="${CONFIG_VERSION}"}`
  await poll(async () => expect((await scrape()).get(waiting)).toBe(3), { timeoutMs: 30_000 })
  const { leave } = await claimNext(api, 'scaled')
  expect((await scrape()).get(waiting)).toBe(2)
  await leave()
})

test('/metrics — the GPUs of each worker, but for what their driver does not say', async () => {
  const T400 = {
    uuid: 'GPU-5d3b',
    name: 'NVIDIA T400 4GB',
    driverVersion: '535.183.01',
    memoryTotalBytes: 4 * 2 ** 30,
    memoryUsedBytes: 2 ** 30,
  }
  await api.workers.heartbeat(
    testWorker({
      id: 'with-gpus',
      gpus: [
        { ...T400, index: 0, utilisation: 0.5, temperatureCelsius: 44, powerWatts: null },
        { ...T400, index: 1, utilisation: 0, temperatureCelsius: 40, powerWatts: 31.5 },
      ],
    }),
  )
  const found = await scrape()
  const value = (name: string, gpu: number) => found.get(`${name}{worker="with-gpus",host="here",gpu="${gpu}",name="NVIDIA T400 4GB"}`)
  expect([0, 1].map((gpu) => value('trainyard_gpu_utilisation_ratio', gpu))).toEqual([0.5, 0])
  expect([0, 1].map((gpu) => value('trainyard_gpu_memory_used_bytes', gpu))).toEqual([2 ** 30, 2 ** 30])
  expect([0, 1].map((gpu) => value('trainyard_gpu_memory_total_bytes', gpu))).toEqual([2 ** 32, 2 ** 32])
  expect([0, 1].map((gpu) => value('trainyard_gpu_temperature_celsius', gpu))).toEqual([44, 40])
  expect([0, 1].map((gpu) => value('trainyard_gpu_power_watts', gpu))).toEqual([undefined, 31.5])
})
