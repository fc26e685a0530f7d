import { type ExperimentState, isTerminal } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ALLOWED_TRANSITIONS } from '@trainyard/testing/experiments/allowed-transitions'
import { epochResult, newExperiment } from '@trainyard/testing/experiments/new-experiment'
import { seededRandom } from '@trainyard/testing/inputs/random'
import { type RedisProcess, startRedis } from '@trainyard/testing/redis/redis-process'
import { createAttemptStore } from '../attempts/attempt-store.ts'
import { type AttemptWriter, createAttemptWriter } from '../attempts/attempt-writer.ts'
import { connectRedis } from '../redis/connect-redis.ts'
import { createExperimentStore } from './experiment-store.ts'
import { keysOf } from '../redis/keys.ts'
import { createReaper } from '../attempts/reaper.ts'

const isLeased = (state: ExperimentState): boolean => ['running', 'pausing', 'canceling'].includes(state)
const error = { class: 'infrastructure', code: 'TRAINER_CRASHED', message: 'x', advice: 'x' } as const

let server: RedisProcess
let redis: Redis

beforeAll(async () => {
  server = await startRedis({ appendonly: 'no' })
  redis = connectRedis(server.url, { name: 'test', whenDown: 'fail' })
})
afterAll(async () => {
  redis.disconnect()
  await server.stop()
})

test.each(Array.from({ length: 40 }, (_, seed) => seed))(
  'whatever happens in whatever order, only allowed transitions occur and an end is final — seed %i',
  async (seed) => {
    const prefix = `{transitions-${seed}}`
    const pick = seededRandom(seed)
    const store = createExperimentStore({ redis, prefix })
    const attempts = createAttemptStore({ redis, prefix })
    const reap = createReaper({ redis, prefix })
    await reap()
    const { id } = (await store.create(newExperiment({ maxRetries: pick(3) }))).experiment
    const writers: AttemptWriter[] = []
    const act = (move: (writer: AttemptWriter) => Promise<unknown>) => async () => {
      const writer = writers[pick(writers.length || 1)]
      if (writer) await move(writer)
    }
    const steps = [
      async () => {
        const dispatch = Number(await redis.hget(keysOf(prefix).record(id), 'dispatch')) - pick(2)
        const claim = await attempts.claim({ id, dispatch, token: `token-${writers.length}`, workerId: 'worker' })
        if (claim) writers.push(createAttemptWriter({ redis, prefix, claim }))
      },
      async () => {
        if (pick(4) === 0) await store.cancel(id).catch(() => {})
      },
      () => store.pause(id).catch(() => {}),
      () => store.resume(id).catch(() => {}),
      async () => {
        if (pick(2) === 0) await store.patch(id, { priority: pick(21) - 10 }).catch(() => {})
      },
      async () => {
        if ((await redis.zscore(`${prefix}:leases`, id)) !== null) await redis.zadd(`${prefix}:leases`, 1, id)
        await reap()
      },
      act((writer) => writer.epoch(epochResult(1))),
      act((writer) => writer.requeue({ reason: 'drained' })),
      act((writer) => writer.requeue({ reason: 'retry', error })),
      act((writer) => writer.canceled()),
      act((writer) => writer.paused()),
      act((writer) => (pick(3) === 0 ? writer.complete() : writer.progress({ phase: 'train', phaseFraction: 0, epoch: 1, step: 1 }))),
      act(async (writer) => pick(3) === 0 && writer.fail(error)),
    ]
    for (let i = 0; i < 40; i++) await Promise.all([steps[pick(steps.length)]?.(), steps[pick(steps.length)]?.()])

    const { state, transitions, attempts: records, finishedAt } = await store.get(id)
    const path = transitions.map((each) => each.state)
    const forbidden = path.slice(1).filter((to, i) => !ALLOWED_TRANSITIONS[path[i] ?? 'queued'].includes(to))
    expect(forbidden).toEqual([])
    expect(path.at(-1)).toBe(state)
    expect(isTerminal(state)).toBe(finishedAt !== null)
    expect(records.filter(({ endedAt }) => endedAt === null)).toHaveLength(isLeased(state) ? 1 : 0)
    expect((await store.list({ pageSize: 9, state })).items.map((each) => each.id)).toEqual([id])
    expect(await redis.zcard(`${prefix}:leases`)).toBe(isLeased(state) ? 1 : 0)
    expect(await redis.zcard(keysOf(prefix).outbox)).toBe(state === 'queued' ? 1 : 0)
  },
)
