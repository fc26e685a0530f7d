import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, createClient } from '@trainyard/client'
import { CONFIG_VERSION } from '@trainyard/contracts'
import { freePort } from '@trainyard/testing/services/free-port'
import { checkoutOfVersion } from '@trainyard/testing/services/checkout-of-version'
import { poll } from '@trainyard/testing/inputs/poll'
import { type RedisProcess, startRedis } from '@trainyard/testing/redis/redis-process'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'

const root = path.join(import.meta.dirname, '..', '..')
const CONFIG = { dataset: 'synthetic-flowers', depth: 1, width: 16, imageSize: 8, epochs: 120, evaluate: 'none' } as const
const WITHIN = { timeoutMs: 240_000 }

let redis: RedisProcess
let data: string
let newer: Awaited<ReturnType<typeof checkoutOfVersion>>
const running: ChildProcess[] = []

beforeAll(async () => {
  redis = await startRedis()
  data = await mkdtemp(path.join(os.tmpdir(), 'mixed-versions-'))
  newer = await checkoutOfVersion(CONFIG_VERSION + 1)
})
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL')
  await redis.stop()
  await Promise.all([rm(data, { recursive: true, force: true }), newer.remove()])
})

function start(checkout: string, script: string, env: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [path.join(checkout, 'apps', script)], {
    env: { ...process.env, REDIS_URL: redis.url, TRAINYARD_DATA: data, LOG_LEVEL: 'silent', ...env },
    stdio: 'ignore',
  })
  running.push(child)
  return child
}
const startWorker = (checkout: string): ChildProcess => start(checkout, 'worker/src/main.ts')

async function startApi(checkout: string): Promise<Client> {
  const port = await freePort()
  start(checkout, 'api/src/server.ts', { TRAINYARD_PORT: `${port}` })
  const client = createClient({ baseUrl: `http://127.0.0.1:${port}` })
  await poll(async () => expect((await client.ready()).ready).toBe(true), WITHIN)
  return client
}

test('an old and a new worker, an old and a new API side by side — none takes what it cannot run, nothing is lost', async () => {
  const [api, newerApi] = [await startApi(root), await startApi(newer.folder)]
  const olderWorker = startWorker(root)
  await poll(async () => expect((await api.workers.list()).items).toHaveLength(1), WITHIN)

  const submit = async (client: Client) => (await client.experiments.submit(CONFIG)).id
  const theirs = await submit(newerApi)
  expect((await newerApi.experiments.get(theirs)).warnings).toEqual([expect.stringContaining('Only workers of an older version')])
  const ours = await Promise.all([submit(api), submit(api), submit(api)])
  const sweep = await newerApi.sweeps.create({ strategy: 'grid', base: CONFIG, space: { lr: { values: [0.1, 0.01] } } })

  const ended = (client: Client, id: string) =>
    poll(async () => {
      const experiment = await client.experiments.get(id)
      if (experiment.state !== 'completed') throw new Error(`${id} is ${experiment.state} (${experiment.reason})`)
      return experiment
    }, WITHIN)
  // the older worker passes by what is first in line but not for it, and does all of its own
  for (const id of ours) await ended(api, id)
  expect(await newerApi.experiments.get(theirs)).toMatchObject({ state: 'queued', attempts: [] })

  // the newer one comes, is killed at its work, and comes again
  const killed = startWorker(newer.folder)
  await poll(async () => expect((await newerApi.experiments.get(theirs)).latest?.epoch).toBeGreaterThan(5), WITHIN)
  killed.kill('SIGKILL')
  await once(killed, 'exit')
  const both = await Promise.all([submit(api), submit(newerApi)])
  await ended(api, both[0])
  expect((await newerApi.experiments.get(theirs)).state).not.toBe('failed')
  startWorker(newer.folder)

  const { items } = await poll(async () => {
    const found = await newerApi.sweeps.get(sweep.id)
    expect(found.state).toBe('completed')
    return found
  }, WITHIN)
  const trials = items.map(({ experimentId }) => experimentId ?? '')
  const workers = (await newerApi.workers.list()).items
  const olderId = workers.find(({ configVersion }) => configVersion === CONFIG_VERSION)?.id
  for (const id of [theirs, both[1], ...trials]) {
    const { attempts } = await ended(newerApi, id)
    expect(attempts.map(({ workerId }) => workerId)).not.toContain(olderId)
  }

  // what the older API queues for its own version, the newer worker runs once it is alone
  olderWorker.kill('SIGKILL')
  const late = await submit(api)
  await ended(api, late)
  for (const id of [...ours, ...both, theirs, ...trials, late]) {
    const { items: epochs } = await newerApi.experiments.epochs(id)
    expect(epochs.map(({ epoch }) => epoch)).toEqual(Array.from({ length: CONFIG.epochs }, (_, i) => i + 1))
  }
}, 600_000)
