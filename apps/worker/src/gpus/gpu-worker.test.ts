import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { SamplesRequest, type WorkerInfo } from '@trainyard/contracts'
import { createRequestQueue, createWorkerRegistry, SAMPLES } from '@trainyard/jobs'
import { expect, test } from 'vitest'
import { poll } from '@trainyard/testing/inputs/poll'
import { nvidiaSmiLine, fakeNvidiaSmi } from '@trainyard/testing/services/fake-nvidia-smi'
import { listGpus } from './gpu-list.ts'
import { planGpus } from './gpu-plan.ts'
import { startGpuReadings } from './gpu-readings.ts'
import { testWorkers, WITHIN } from '../test-workers.ts'

const workers = testWorkers()
const main = path.join(import.meta.dirname, '../main.ts')
const two = `echo "${nvidiaSmiLine(0, 'GPU-0a')}"; echo "${nvidiaSmiLine(1, 'GPU-1b')}"`
const settings = { engine: 'auto', gpus: null, trainersPerGpu: 2, gpuMemoryBytes: null, visible: null, slotsSet: false } as const

/** The worker's record, once it is as wanted. */
const workerInfo = (fits: (info: WorkerInfo) => boolean) =>
  poll(async () => {
    const [info] = await createWorkerRegistry({ redis: workers.own.redis }).list()
    if (!info || !fits(info)) throw new Error(JSON.stringify(info))
    return info
  }, WITHIN)

/** Runs `use` beside a worker in a process of its own, with the trainers that users have. */
async function withWorker(
  env: NodeJS.ProcessEnv,
  use: (worker: { child: ChildProcess; stderr: () => string }) => Promise<void>,
): Promise<void> {
  const { server, dataFolder } = workers.own
  const own = { REDIS_URL: server.url, TRAINYARD_DATA: dataFolder, LOG_LEVEL: 'silent' }
  const { TRAINYARD_ENGINE: _engine, CUDA_VISIBLE_DEVICES: _gpus, ...rest } = process.env
  const child = fork(main, { env: { ...rest, ...own, ...env }, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  const exit = once(child, 'exit')
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  try {
    await use({ child, stderr: () => stderr })
  } finally {
    child.kill('SIGTERM')
    await exit
  }
}

test('two trainers on each of two GPUs: four slots, each trainer with its GPU and its share, questions without one', async () => {
  const { start } = workers.own
  const list = async () => listGpus({ env: { PATH }, timeoutMs: 30_000 })
  const PATH = await fakeNvidiaSmi(two)
  const plan = planGpus(settings, await list())
  if (!plan) throw new Error('no plan')
  const readings = startGpuReadings({ gpus: plan.gpus, list })
  await start({ slots: 1, gpus: { ...plan, readings } })
  const info = await workerInfo(({ slots }) => slots.length === 4 && slots.every(({ trainer }) => trainer === 'idle'))
  expect(info.slots.map(({ slot, gpu }) => [slot, gpu])).toEqual([
    [0, 0],
    [1, 0],
    [2, 1],
    [3, 1],
  ])
  expect(info.gpus).toMatchObject([
    { index: 0, name: 'NVIDIA T400 4GB', utilisation: 0.03, temperatureCelsius: 44, powerWatts: null },
    { index: 1, uuid: 'GPU-1b' },
  ])
  const share = `${1.5 * 2 ** 30}`
  const onGpus = [`GPU-0a gpu ${share}`, `GPU-0a gpu ${share}`, `GPU-1b gpu ${share}`, `GPU-1b gpu ${share}`]
  expect((await trainersOf(process.pid)).toSorted()).toEqual(onGpus)
  const cancel = new AbortController()
  const asked = createRequestQueue(SAMPLES, { redis: workers.own.redis }).submit(SamplesRequest.parse({ dataset: 'flowers102' }), {
    ...{ timeoutMs: 90_000, signal: cancel.signal },
  })
  await poll(async () => expect((await trainersOf(process.pid)).toSorted()).toEqual(['-1 cpu ', ...onGpus]), WITHIN)
  cancel.abort()
  await expect(asked).rejects.toMatchObject({ code: 'SAMPLES_TIMED_OUT' })
})

test('a worker whose GPUs no trainer can use takes nothing, and says why', async () => {
  await withWorker({ PATH: await fakeNvidiaSmi(two), TRAINYARD_ENGINE: 'auto' }, async () => {
    const { gpus, slots, unhealthyReason } = await workerInfo((info) => info.unhealthyReason !== null)
    expect([gpus.length, slots.map(({ gpu }) => gpu)]).toEqual([2, [0, 1]])
    expect(unhealthyReason).toMatch(/^No GPU can be used: found /)
  })
})

test('a GPU that is not there is refused at the start, and so is a GPU where there is none', async () => {
  await withWorker({ PATH: await fakeNvidiaSmi(two), TRAINYARD_GPUS: '0,2' }, async ({ child, stderr }) => {
    expect((await once(child, 'exit'))[0]).toBe(8)
    expect(stderr()).toBe('There is no GPU 2 here; there are 0 (NVIDIA T400 4GB), 1 (NVIDIA T400 4GB)\n')
  })
  const PATH = await fakeNvidiaSmi('echo "No devices were found"; exit 6')
  await withWorker({ PATH, TRAINYARD_ENGINE: 'gpu' }, async ({ child, stderr }) => {
    expect((await once(child, 'exit'))[0]).toBe(8)
    expect(stderr()).toMatch(/^This worker finds no GPU: nvidia-smi failed \(No devices were found\)\. It needs/)
  })
})

test('a driver that hangs costs the measures, not the heartbeat', async () => {
  const PATH = await fakeNvidiaSmi(`[ -e "$0.asked" ] && exec sleep 600\n: > "$0.asked"\n${two}`)
  await withWorker({ PATH, TRAINYARD_ENGINE: 'auto' }, async () => {
    const before = await workerInfo(({ gpus }) => gpus.length === 2)
    expect(before.gpus[0]?.temperatureCelsius).toBe(44)
    const after = await workerInfo(({ gpus }) => gpus[0]?.temperatureCelsius === null)
    expect(after.gpus[0]).toMatchObject({ name: 'NVIDIA T400 4GB', memoryTotalBytes: 2 ** 32, memoryUsedBytes: null, utilisation: null })
    expect(after.lastHeartbeatAt > before.lastHeartbeatAt).toBe(true)
  })
})

/** What each trainer below this process was started with: its GPU, its engine and its memory limit. */
async function trainersOf(pid: number): Promise<string[]> {
  const found: string[] = []
  for (const child of await childrenOf(pid)) {
    const environment = (await readFile(`/proc/${child}/environ`, 'utf8')).split('\0')
    const value = (name: string) => environment.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1)
    if (value('CUDA_VISIBLE_DEVICES') === undefined) continue
    found.push([value('CUDA_VISIBLE_DEVICES'), value('TRAINYARD_ENGINE'), value('TRAINYARD_GPU_MEMORY_BYTES')].join(' '))
  }
  return found
}

async function childrenOf(pid: number): Promise<string[]> {
  const threads = await readdir(`/proc/${pid}/task`)
  const lists = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8')))
  return lists.flatMap((text) => text.split(' ').filter(Boolean))
}
