import { connectRedis, createExperimentStore, ExperimentNotFoundError, RedisUnavailableError, WrongStateError } from '@trainyard/jobs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEFAULT_PREFIX, keysOf } from '../../../libs/jobs/src/redis/keys.ts'
import { poll } from '@trainyard/testing/inputs/poll'
import { type RedisProcess, startRedis } from '@trainyard/testing/redis/redis-process'
import { startLifecycle, LIFECYCLES, type Step } from './lifecycle-calls.ts'
import { type RedisProxy, startRedisProxy } from '@trainyard/testing/redis/redis-proxy'

let server: RedisProcess
let proxy: RedisProxy
let redis: ReturnType<typeof connectRedis>
let user: typeof redis
let worker: typeof redis
let lives = 0

beforeAll(async () => {
  server = await startRedis()
  proxy = await startRedisProxy(server.url)
  redis = connectRedis(server.url, { name: 'test', whenDown: 'fail' })
  user = connectRedis(proxy.url, { name: 'user', whenDown: 'fail' })
  worker = connectRedis(proxy.url, { name: 'worker', whenDown: 'wait' })
})
afterAll(async () => {
  for (const connection of [redis, user, worker]) connection.disconnect()
  await proxy.close()
  await server.stop()
})

const cases = Object.entries(LIFECYCLES).flatMap(([life, steps]) => steps.map((step, i) => ({ life, step: step.name, at: i })))
const whole = new Map<string, Promise<string[]>>()

test.each(cases)('an experiment that $life — "$step" done, though its answer is lost, is done once', async ({ life, at }) => {
  const steps = LIFECYCLES[life] ?? []
  if (!whole.has(life))
    whole.set(
      life,
      live(steps, { at: -1, answer: 0 }).then(({ left }) => left),
    )
  const undisturbed = await whole.get(life)
  // every answer that Redis gives in the course of this step is lost once
  for (let answer = 1; ; answer++) {
    const { left, isLost } = await live(steps, { at, answer })
    const differs = left.findIndex((each, i) => each !== undisturbed?.[i])
    expect(left[differs], `without answer ${answer}, after step ${steps[differs]?.name}`).toBe(undisturbed?.[differs])
    if (!isLost) return
  }
})

/** Takes all steps and looks after each; in step `at`, Redis's answer of that number is lost with its connection. */
async function live(steps: readonly Step[], { at, answer }: { at: number; answer: number }) {
  const prefix = `{life-${lives++}}`
  const life = startLifecycle({ user, worker, prefix })
  const left: string[] = []
  let isLost = false
  await life.reap()
  for (const [i, step] of steps.entries()) {
    let answers = 0
    if (i === at) {
      proxy.obey(({ from }) => {
        if (isLost || from === 'client' || ++answers < answer) return 'pass'
        isLost = true
        return 'break'
      })
    }
    await taken(() => step.take(life))
    proxy.heal()
    left.push(await whatIsLeft(prefix))
  }
  return { left, isLost }
}

/** As a user without an answer: retries, and takes "that is so already" for a yes. */
async function taken(step: () => Promise<unknown>): Promise<void> {
  let isRepeat = false
  await poll(
    async () => {
      try {
        await step()
      } catch (error) {
        const isDone = isRepeat && (error instanceof WrongStateError || error instanceof ExperimentNotFoundError)
        isRepeat ||= error instanceof RedisUnavailableError
        if (!isDone) throw error
      }
    },
    { timeoutMs: 20_000, everyMs: 20 },
  )
}

/** All that Redis holds of a life, without names and times; a job that stays in BullMQ's queue is stale, and does no harm. */
async function whatIsLeft(prefix: string): Promise<string> {
  const store = createExperimentStore({ redis, prefix })
  const { items } = await store.list({ pageSize: 9 })
  const experiments = await Promise.all(
    items.map(async (experiment) => {
      const { id } = experiment
      const [epochs, batches, layers, logs] = await Promise.all([store.epochs(id), store.batches(id), store.layers(id), store.logs(id)])
      const events = await redis.xrange(keysOf(prefix).events(id), '-', '+')
      const received = events
        .map(([, fields]) => fields.slice(0, 4))
        .filter(([, type]) => type === 'state' || type === 'epoch' || type === 'end')
      return { experiment, epochs, batches, layers, logs, received }
    }),
  )
  const held = { leases: await redis.zrange(`${prefix}:leases`, '0', '-1'), outbox: await redis.zrange(keysOf(prefix).outbox, '0', '-1') }
  const names = (await redis.keys(`${prefix}:*`)).filter((name) => !name.startsWith(`${prefix}:run-`)).toSorted()
  const ids = [...new Set(names.join('\n').match(/[0-9a-z]{16,32}/g))].toSorted()
  const text = JSON.stringify({ experiments, ...held, names }, null, 1)
  return ids
    .reduce((sofar, id, i) => sofar.replaceAll(id, `experiment ${i}`), text)
    .replaceAll(prefix, DEFAULT_PREFIX)
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'a time')
}
