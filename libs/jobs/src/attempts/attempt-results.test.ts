import { isBetterEpoch, type Epoch } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { epochResult, newExperiment } from '@trainyard/testing/experiments/new-experiment'
import { ownRedis } from '@trainyard/testing/redis/own-redis'
import { createAttemptStore } from './attempt-store.ts'
import { type AttemptWriter, createAttemptWriter } from './attempt-writer.ts'
import { createExperimentStore, type ExperimentStore } from '../experiments/experiment-store.ts'
import { keysOf } from '../redis/keys.ts'

const own = ownRedis()
let redis: Redis
let prefix: string
let store: ExperimentStore
let writer: AttemptWriter
let id: string
let runs = 0

beforeAll(() => void (redis = own.redis))
beforeEach(async () => {
  prefix = `{results-${runs++}}`
  store = createExperimentStore({ redis, prefix })
  id = (await store.create(newExperiment())).experiment.id
  const claim = await createAttemptStore({ redis, prefix }).claim({ id, dispatch: 1, token: 'token', workerId: 'worker' })
  if (!claim) throw new Error('stale')
  writer = createAttemptWriter({ redis, prefix, claim })
})

const eventTypes = async () => {
  const entries = await redis.xrange(keysOf(prefix).events(id), '-', '+')
  return entries.map(([, fields]) => fields[1])
}

describe('epoch()', () => {
  test('keeps every digit of its numbers', async () => {
    const result = { ...epochResult(1, { loss: 4.624_972_820_281_982, evalAccuracy: 1 / 3 }), evalLoss: 'NaN' as const, accuracy: 1e-300 }
    await writer.epoch(result)
    const [epoch] = await store.epochs(id)
    expect(epoch).toEqual({ ...result, attempt: 1, at: epoch?.at })
    expect(await store.get(id)).toMatchObject({ latest: epoch, best: epoch })
  })

  test('the same result again changes nothing and sends no event, whatever time it took', async () => {
    for (const seconds of [1, 2, 3]) await writer.epoch(epochResult(1, { seconds }))
    expect(await store.epochs(id)).toMatchObject([{ epoch: 1, seconds: 1 }])
    expect((await eventTypes()).filter((type) => type === 'epoch')).toHaveLength(1)
  })

  test('another result for the same epoch replaces the point, and the best is found again', async () => {
    for (const [epoch, loss] of [3, 1, 2].entries()) await writer.epoch(epochResult(epoch + 1, { loss }))
    expect((await store.get(id)).best?.epoch).toBe(2)
    await writer.epoch(epochResult(2, { loss: 9 }))
    expect((await store.epochs(id)).map(({ loss }) => loss)).toEqual([3, 9, 2])
    expect(await store.get(id)).toMatchObject({ best: { epoch: 3 }, latest: { epoch: 3 } })
    const [, last] = (await redis.xrevrange(keysOf(prefix).events(id), '+', '-', 'COUNT', 1))[0] ?? []
    expect(JSON.parse(last?.[3] ?? '')).toMatchObject({ epoch: 2, loss: 9, replaces: true })
  })

  test('a gap is refused', async () => {
    await writer.epoch(epochResult(1))
    await expect(writer.epoch(epochResult(3))).rejects.toThrow('epoch 3 comes after epoch 1')
  })

  test.each([
    ['loss', [{ loss: 4 }, { loss: 2 }, { loss: 2 }, { loss: 3 }]],
    ['evalAccuracy', [0.1, 0.4, 0.4, 0.2].map((evalAccuracy, i) => ({ evalAccuracy, loss: 5 - i }))],
    ['loss that is not a number', [{ loss: 4 }, { loss: NaN }, { loss: 3 }]],
  ])('the best is the one that isBetterEpoch chooses: by %s', async (_by, values) => {
    for (const [i, value] of values.entries()) {
      const { loss, ...rest } = epochResult(i + 1, value)
      await writer.epoch({ ...rest, loss: Number.isNaN(loss) ? 'NaN' : loss })
    }
    const best = (await store.epochs(id)).reduce<Epoch | null>((held, epoch) => (isBetterEpoch(epoch, held) ? epoch : held), null)
    expect((await store.get(id)).best).toEqual(best)
  })

  test('epochs() — those after one', async () => {
    for (const epoch of [1, 2, 3]) await writer.epoch(epochResult(epoch))
    expect((await store.epochs(id, 1)).map(({ epoch }) => epoch)).toEqual([2, 3])
    expect(await store.epochs(id, 3)).toEqual([])
  })
})

describe('batches()', () => {
  test('go out as they came, by epoch or all, however often they are written', async () => {
    const losses = Float32Array.from({ length: 16 }, (_, i) => 4.6 - i / 100)
    for (const epoch of [1, 2]) {
      await writer.batches({ epoch, firstStep: 1, losses: losses.subarray(0, 10) })
      await writer.batches({ epoch, firstStep: 11, losses: losses.subarray(10) })
    }
    await writer.batches({ epoch: 1, firstStep: 11, losses: losses.subarray(10) })
    const all = await store.batches(id)
    expect(all.map(({ epoch, step }) => [epoch, step])).toEqual([1, 2].flatMap((epoch) => Array.from(losses, (_, i) => [epoch, i + 1])))
    expect(all.map(({ loss }) => Math.fround(Number(loss)))).toEqual([...losses, ...losses])
    expect(await store.batches(id, 2)).toEqual(all.slice(16))
    expect(await store.batches(id, 3)).toEqual([])
  })
})

describe('log() and progress()', () => {
  test('logs keep their order, levels and text, and only the latest thousand', async () => {
    for (let i = 0; i < 1005; i++) await writer.log({ level: 'warn', message: `line ${i} "ünï"\n`, number: i + 1 })
    const lines = await store.logs(id)
    expect(lines).toHaveLength(1000)
    expect(lines.at(-1)).toMatchObject({ level: 'warn', message: 'line 1004 "ünï"\n' })
  })

  test('a line that is written again, as after a lost reply, is there once; the same words later are another line', async () => {
    for (const number of [1, 1, 2, 1, 2]) await writer.log({ level: 'info', message: 'again', number })
    expect(await store.logs(id)).toHaveLength(2)
    expect((await eventTypes()).filter((type) => type === 'log')).toHaveLength(2)
  })

  test('progress counts over all epochs and estimates what is left', async () => {
    await writer.epoch(epochResult(1, { seconds: 10 }))
    await writer.progress({ phase: 'train', phaseFraction: 0.5, epoch: 2, step: 8 })
    const { progress } = await store.get(id)
    expect(progress).toMatchObject({
      phase: 'train',
      epoch: 2,
      step: 8,
      stepsPerEpoch: 16,
      fraction: 0.5,
      secondsPerEpoch: 10,
      etaSeconds: 15,
    })
  })
})
