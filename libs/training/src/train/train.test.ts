import { loadEngine } from '@trainyard/tensorflow'
import { randomStream } from '@trainyard/random'
import { describe, expect, test } from 'vitest'
import { LossDivergedError } from '../errors.ts'
import type { SavedState } from '../layers/parameter.ts'
import { deviceImages } from '../data/device-images.ts'
import type { TrainingCallbacks } from './callbacks.ts'
import { train, type TrainOptions } from './train.ts'

const { tf } = loadEngine(process.env)
const inputs = 48
const count = 70
const classes = 10

/** Noise around one pattern per class: learnable, and no two images alike. */
function patterns() {
  const random = randomStream(9, 'order')
  const base = Uint8Array.from({ length: classes * inputs }, () => random.below(256))
  const labels = Uint8Array.from({ length: count }, (_, i) => i % classes)
  const pixels = Uint8Array.from({ length: count * inputs }, (_, i) => {
    const image = Math.floor(i / inputs)
    return Math.min(255, ((base[(image % classes) * inputs + (i % inputs)] ?? 0) * 3) / 4 + random.below(64))
  })
  return deviceImages(tf, { pixels, labels, inputs })
}
const images = patterns()

const run = (changes: Partial<TrainOptions> = {}) =>
  train(tf, {
    shape: { inputs, layerSizes: [32, 16], classes, bias: true, norm: null },
    trainImages: images,
    evalImages: images,
    batchSize: 16,
    epochs: 4,
    lr: 0.05,
    momentum: 0.9,
    seed: 5,
    ...changes,
  })
const numbersOf = (history: Awaited<ReturnType<typeof run>>) => history.map(({ seconds: _, ...numbers }) => numbers)

describe('train()', () => {
  test('a depth of 0 to 5 — the first loss is near ln(classes), and the loss falls', async () => {
    for (const depth of [0, 1, 5]) {
      const shape = { inputs, layerSizes: Array.from({ length: depth }, () => 32), classes, bias: true, norm: null }
      const history = await run({ shape, epochs: 15 })
      expect(Math.abs((history[0]?.loss ?? NaN) - Math.log(classes))).toBeLessThan(0.4)
      expect(history.at(-1)?.loss).toBeLessThan((history[0]?.loss ?? NaN) - 0.01)
    }
  })

  test('same seed, same bits; another seed, others', async () => {
    const first = numbersOf(await run())
    expect(numbersOf(await run())).toEqual(first)
    expect(numbersOf(await run({ seed: 6 }))).not.toEqual(first)
  })

  test('without biases — trains, and holds none', async () => {
    let names: string[] = []
    await run({
      shape: { inputs, layerSizes: [8], classes, bias: false, norm: null },
      callbacks: [{ onEpochEnd: (_, state) => void (names = state.read().parameters.map(({ name }) => name)) }],
    })
    expect(names).toEqual(['model.1.weight', 'model.3.weight'])
  })

  test('an epoch’s loss is the plain mean of its steps, and steps count from 1 with a smaller last batch', async () => {
    const steps: { epoch: number; step: number; loss: number }[] = []
    const onSteps = ({ epoch, firstStep, losses }: { epoch: number; firstStep: number; losses: readonly number[] }): void =>
      void steps.push(...losses.map((loss, i) => ({ epoch, step: firstStep + i, loss })))
    const history = await run({ epochs: 2, callbacks: [{ onSteps }] })
    expect(steps.map(({ epoch, step }) => `${epoch}.${step}`)).toEqual([
      '1.1',
      '1.2',
      '1.3',
      '1.4',
      '1.5',
      '2.1',
      '2.2',
      '2.3',
      '2.4',
      '2.5',
    ])
    for (const { epoch, loss } of history) {
      const mean = steps.filter((step) => step.epoch === epoch).reduce((sum, step) => sum + step.loss / 5, 0)
      expect(loss).toBeCloseTo(mean, 12)
    }
  })

  test('no tensor leaks — the count is the same after every epoch, and as before when the run is over', async () => {
    const before = tf.liveTensors()
    const counts: number[] = []
    await run({ epochs: 5, callbacks: [{ onEpochEnd: () => void counts.push(tf.liveTensors()) }] })
    expect(new Set(counts).size).toBe(1)
    expect(tf.liveTensors()).toBe(before)
  })

  test('resumed from a checkpoint — the bits of an uninterrupted run', async () => {
    const states: SavedState[] = []
    const whole = await run({ epochs: 6, callbacks: [{ onEpochEnd: (_, state) => void states.push(state.read()) }] })
    const resumedStates: SavedState[] = []
    const resumed = await run({
      epochs: 6,
      ...(states[2] && { start: states[2] }),
      callbacks: [{ onEpochEnd: (_, state) => void resumedStates.push(state.read()) }],
    })
    expect(numbersOf(resumed)).toEqual(numbersOf(whole).slice(3))
    expect(resumedStates.at(-1)).toEqual(states.at(-1))
  })

  test('the state that a run starts from — stays as it was', async () => {
    const shape = { inputs, layerSizes: [100, 40, 1000, 32], classes, bias: true, norm: null }
    const states: SavedState[] = []
    await run({ shape, epochs: 1, callbacks: [{ onEpochEnd: (_, state) => void states.push(state.read()) }] })
    const [start] = states
    const before = structuredClone(start)
    await run({ shape, epochs: 3, ...(start && { start }) })
    expect(start).toEqual(before)
  })

  test('an abort — stops at the next step, disposes of everything and runs the cleanup', async () => {
    const before = tf.liveTensors()
    const abort = new AbortController()
    let cleaned = false
    const callbacks = [
      { onSteps: () => abort.abort(), onTrainCleanup: () => void (cleaned = true) }, // the first step is reported at once
    ]
    await expect(run({ signal: abort.signal, callbacks })).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }))
    expect(cleaned).toBe(true)
    expect(tf.liveTensors()).toBe(before)
  })

  test('a diverging loss — named with its epoch, step and lr; the steps before it are reported, and its epoch has no end', async () => {
    const reported: string[] = []
    const ended: number[] = []
    const callbacks: TrainingCallbacks[] = [
      {
        onSteps: ({ epoch, firstStep, losses }) => void reported.push(...losses.map((_, i) => `epoch ${epoch}, step ${firstStep + i}`)),
        onEpochEnd: ({ epoch }) => void ended.push(epoch),
      },
    ]
    const before = tf.liveTensors()
    const error = await run({ lr: 1e9, epochs: 20, momentum: 0, callbacks }).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(LossDivergedError)
    const [, epoch = '', step = ''] = /epoch (\d+), step (\d+), with lr 1000000000; try a lower lr/.exec(String(error)) ?? []
    expect(reported).toHaveLength(5 * (Number(epoch) - 1) + Number(step) - 1)
    expect(ended).toHaveLength(Number(epoch) - 1)
    expect(tf.liveTensors()).toBe(before)
  })
})
