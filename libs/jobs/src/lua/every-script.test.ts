import { globSync } from 'node:fs'
import { SweepRequest } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { expect, test, vi } from 'vitest'
import { epochResult, newExperiment } from '@trainyard/testing/experiments/new-experiment'
import { testLayers } from '@trainyard/testing/experiments/test-layers'
import { startRedis } from '@trainyard/testing/redis/redis-process'
import { findServer } from '@trainyard/testing/redis/redis-servers'
import { LUA_FOLDER, loadScript } from './load-script.ts'
import { createKeyStore } from '../access/key-store.ts'
import { createAttemptStore } from '../attempts/attempt-store.ts'
import { createAttemptWriter } from '../attempts/attempt-writer.ts'
import { createReaper } from '../attempts/reaper.ts'
import { createExperimentStore } from '../experiments/experiment-store.ts'
import { createResultArchiver } from '../experiments/result-archive.ts'
import { createDispatcher } from '../queue/dispatcher.ts'
import { connectRedis } from '../redis/connect-redis.ts'
import { keysOf, queueName } from '../redis/keys.ts'
import { createSweepStore } from '../sweeps/sweep-store.ts'
import { createTrialCreator } from '../sweeps/trial-creator.ts'

const prefix = '{every}'
const scripts = globSync('!(includes)/*.lua', { cwd: LUA_FOLDER }).map((file) => file.replace(/\.lua$/, ''))
const engine = { name: 'native', version: '2.20', device: 'cpu', threads: 2 }
const crash = { class: 'infrastructure', code: 'OUT_OF_MEMORY', message: 'No memory', advice: 'Take less' } as const
const archive = { write: async () => {}, read: async () => null, remove: async () => {} }

async function begin(redis: Redis, { id, dispatch = 1 }: { id: string; dispatch?: number }) {
  const claim = await createAttemptStore({ redis, prefix }).claim({ id, dispatch, token: `token-${id}-${dispatch}`, workerId: 'worker' })
  if (!claim) throw new Error('stale')
  return { claim, writer: createAttemptWriter({ redis, prefix, claim }) }
}

/** A life in which every script runs. */
async function live(redis: Redis): Promise<void> {
  const store = createExperimentStore({ redis, prefix })
  const attempts = createAttemptStore({ redis, prefix })
  const dispatcher = createDispatcher({ redis, prefix, onError: () => {} })
  const reap = createReaper({ redis, prefix })
  await reap()

  const keys = createKeyStore({ redis, prefix })
  const key = await keys.create({ name: 'Ada "ü" \u2028', scope: 'submit', maxRunning: 9, requestsPerMinute: 60 })
  await keys.use(key.secret)
  await keys.revoke(key.id)

  const input = newExperiment({ name: 'a "quoted" näme', tags: ['ä', 'b'], maxRetries: 1 })
  const first = { ...input, notes: 'half a pair: \ud800', owner: 'ada' }
  const { id } = (await store.create(first, { key: 'key', bodyHash: 'hash' })).experiment
  await store.patch(id, { notes: null, tags: [], priority: 3 })
  await dispatcher.flushOutbox()
  await dispatcher.repair(0)
  await redis.unlink(keysOf(prefix).prioritized(queueName('default')), `${prefix}:${queueName('default')}:${id}-2`)
  await dispatcher.repair(0)
  await dispatcher.repair(20_000)

  const { claim, writer } = await begin(redis, { id, dispatch: 3 })
  await writer.started({ engine, datasetHash: 'hash', resumedFromEpoch: 0 })
  await writer.progress({ phase: 'train', phaseFraction: 0.5, epoch: 1, step: 0 })
  await writer.batches({ epoch: 1, firstStep: 1, losses: Float32Array.of(4.6, NaN, 1e-30) })
  await writer.epoch(epochResult(1, { loss: 4.624_972_820_281_982, weightsHash: 'f'.repeat(16) }), ['0'.repeat(16), '1'.repeat(16)])
  await writer.epoch(epochResult(1, { loss: 3, evalAccuracy: 1 / 3 }), ['0'.repeat(16), '2'.repeat(16)])
  await writer.layers(testLayers(1))
  await writer.log({ level: 'warn', message: 'a "line"\n\u0000\ud800', number: 1 })
  await writer.checkpoint({ epoch: 1, file: 'one', sha256: 'hash', bytes: 1 })
  await attempts.renew([{ id, token: claim.token }])
  await writer.requeue({ reason: 'retry', error: crash })
  const again = await begin(redis, { id, dispatch: 4 })
  await again.writer.epoch(epochResult(1, { loss: 2 }), ['0'.repeat(16), '1'.repeat(16)])
  await again.writer.requeue({ reason: 'retry', error: crash })

  const replay = (await store.create({ ...newExperiment(), parent: { id, epoch: 1 }, replayOf: id })).experiment.id
  await store.pause(replay)
  await store.resume(replay)
  await store.cancel(replay)

  const sweeps = createSweepStore({ redis, prefix, store })
  const request = SweepRequest.parse({
    strategy: 'asha',
    space: { lr: { values: [1] } },
    maxConcurrent: 9,
    asha: { minEpochs: 1, reductionFactor: 2 },
  })
  const planned = [1, 2].map((seed) => ({ fields: { seed }, experiment: newExperiment({ seed, epochs: 4 }) }))
  const { sweep } = await sweeps.create({ request, objective: 'loss', owner: null, trials: planned })
  await createTrialCreator({ redis, prefix, store })()
  const trials = (await sweeps.find(sweep.id)).items.map(({ experimentId }) => experimentId ?? '')
  for (const [i, trial] of trials.entries()) {
    const { writer: one } = await begin(redis, { id: trial })
    await one.started({ engine, datasetHash: 'hash', resumedFromEpoch: 0 })
    await one.epoch(epochResult(1, { loss: 1 / 3 + i }))
    await one.model({ kind: 'best', epoch: 1, bytes: 1, folder: 'folder' })
    await one.complete()
  }
  await sweeps.cancel(sweep.id).catch(() => {})
  await createResultArchiver({ redis, prefix, archive, archiveDelayMs: -1000 })()
  await store.remove(trials[0] ?? '')
  await dispatcher.close()
}

/** What has other bytes each time: secrets, how long something took, and what is deflated with its times. */
const VARIES = /:api-key|:packed$|:index:by:(duration|finishedAt)$|:durations:|:reaped$/

async function valueOf(redis: Redis, name: string): Promise<unknown> {
  const type = await redis.type(name)
  if (type === 'list') return redis.lrange(name, 0, -1)
  if (type === 'zset') return redis.zrange(name, '0', '-1')
  if (type === 'set') return (await redis.smembers(name)).toSorted()
  if (type === 'stream') return (await redis.xrange(name, '-', '+')).map(([, fields]) => fields)
  if (type === 'string') return redis.get(name)
  const fields = Object.entries(await redis.hgetall(name)).filter(([field]) => !/:sum$|^queue-wait:bucket/.test(field))
  return fields.toSorted(([a], [b]) => (a < b ? -1 : 1))
}

/** What Redis holds, but for BullMQ's keys, with neither ids nor times. */
async function contents(redis: Redis): Promise<string> {
  const names = (await redis.keys(`${prefix}:*`)).filter((name) => !name.startsWith(`${prefix}:run-`) && !VARIES.test(name))
  const lines = await Promise.all(names.toSorted().map(async (name) => `${name} ${JSON.stringify(await valueOf(redis, name))}`))
  const text = lines.join('\n').replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z|\b1[78]\d{11}(-\d+)?/g, 'a time')
  const ids = [...new Set(text.match(/\bh[0-9a-z]{15}\b/g))].toSorted()
  return ids.reduce((sofar, id, i) => sofar.replaceAll(id, `id-${i}`), text)
}

const held = new Map<string, string>()

test.for(['Redis', 'Valkey'] as const)('every script runs on %s', async (kind, { skip }) => {
  const file = findServer(kind) ?? skip(`There is no ${kind} on PATH, and setup has fetched none`)
  const server = await startRedis({}, { server: file })
  const redis = connectRedis(server.url, { name: 'test', whenDown: 'fail' })
  try {
    const evalsha = vi.spyOn(redis, 'evalsha')
    await live(redis)
    const ran = new Set<unknown>(evalsha.mock.calls.map(([sha]) => sha))
    expect(scripts.filter((name) => !ran.has(loadScript(name).sha))).toEqual([])
    held.set(kind, await contents(redis))
  } finally {
    redis.disconnect()
    await server.stop()
  }
})

test('what they leave is the same on both, byte for byte', ({ skip }) => {
  if (held.size < 2) skip('Only one of the two servers is here')
  expect(held.get('Valkey')).toBe(held.get('Redis'))
})
