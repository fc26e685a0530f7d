import { type Epoch, Experiment, type ExperimentEvent } from '@trainyard/contracts'
import { expect, test } from 'vitest'
import { testExperiment } from '@trainyard/testing/services/stub-service'
import { testEpoch } from '@trainyard/testing/experiments/test-epoch'
import { testLayers } from '@trainyard/testing/experiments/test-layers'
import { createRunSeries } from './run-series.ts'

const at = '2026-01-02T03:04:05.000Z'

/** Frames come when the test says so. */
function seriesInFrames() {
  const frames: (() => void)[] = []
  const series = createRunSeries({ schedule: (notify) => frames.push(notify) })
  return { series, frame: () => frames.splice(0).forEach((notify) => notify()) }
}
const epochEvent = (epoch: number, fields: Partial<Epoch> = {}): ExperimentEvent => ({
  type: 'epoch',
  data: { ...testEpoch(epoch, fields), at, attempt: 1 },
})
const batchEvent = (epoch: number, firstStep: number, losses: number[]): ExperimentEvent => ({
  type: 'batch',
  data: { epoch, firstStep, losses },
})
const logEvent = (message: string): ExperimentEvent => ({ type: 'log', data: { at, level: 'info', message } })

test('epochs — in order, a repeated one in place of the first; an unchanged part is the same object', () => {
  const { series } = seriesInFrames()
  for (const event of [epochEvent(2), epochEvent(1), epochEvent(2, { loss: 'NaN', evalLoss: null })]) series.apply(event)
  const { epochs, steps } = series.view()
  expect(epochs).toMatchObject({ epoch: [1, 2], loss: [4.615, NaN], evalLoss: [4.7, NaN], accuracy: [0.01, 0.01] })
  series.apply(batchEvent(3, 1, [4]))
  expect(series.view().epochs).toBe(epochs)
  expect(series.view().steps).not.toBe(steps)
})

test('listeners are called once per frame, and no more after unsubscribe', () => {
  const { series, frame } = seriesInFrames()
  let calls = 0
  const unsubscribe = series.subscribe(() => calls++)
  for (let epoch = 1; epoch <= 100; epoch++) series.apply(epochEvent(epoch))
  expect(calls).toBe(0)
  frame()
  expect(calls).toBe(1)
  series.apply(epochEvent(101))
  unsubscribe()
  frame()
  expect(calls).toBe(1)
  expect(series.view().epochs.epoch).toHaveLength(101)
})

test('steps — of the epochs last written to; those that are computed again take the place of the first', () => {
  const { series } = seriesInFrames()
  for (let epoch = 1; epoch <= 600; epoch++)
    series.apply(
      batchEvent(
        epoch,
        1,
        Array.from({ length: 16 }, () => epoch),
      ),
    )
  const { steps } = series.view()
  expect(steps.loss.length).toBeLessThanOrEqual(4000)
  expect([steps.epoch[0], steps.step[0], steps.epoch.at(-1), steps.step.at(-1)]).toEqual([351, 1, 600, 16])
  series.apply(batchEvent(600, 15, [1, 2, 3]))
  expect(series.view().steps.loss.slice(-4)).toEqual([600, 1, 2, 3])
})

test('steps of one long epoch — the newest 4000', () => {
  const { series } = seriesInFrames()
  for (let step = 1; step <= 9000; step += 10)
    series.apply(
      batchEvent(
        1,
        step,
        Array.from({ length: 10 }, (_, i) => step + i),
      ),
    )
  const { step, loss } = series.view().steps
  expect([step.length, step[0], step.at(-1)]).toEqual([4000, 5001, 9000])
  expect(loss).toEqual(step)
})

test('layers — at most 200 columns, evenly, with the first and the latest', () => {
  const { series } = seriesInFrames()
  for (let epoch = 3; epoch <= 10_000; epoch++) {
    series.apply({ type: 'layers', data: testLayers(epoch) })
    if (epoch % 997 === 0) expect(series.view().layers.length).toBeLessThanOrEqual(200)
  }
  const kept = series.view().layers.map(({ epoch }) => epoch)
  expect(kept.length).toBeGreaterThan(100)
  expect([kept[0], kept.at(-1)]).toEqual([3, 10_000])
  expect(new Set(kept.slice(1, -1).map((epoch, i) => epoch - (kept[i] ?? 0))).size).toBe(1)
})

test('logs — the last 1000 lines', () => {
  const { series } = seriesInFrames()
  for (let i = 1; i <= 2500; i++) series.apply(logEvent(`line ${i}`))
  const { logs } = series.view()
  expect([logs.length, logs[0]?.message, logs.at(-1)?.message]).toEqual([1000, 'line 1501', 'line 2500'])
})

test('a gap — its snapshot sets all epochs; what is asked for then stands before what came meanwhile, each line once', () => {
  const { series } = seriesInFrames()
  series.apply(epochEvent(9))
  series.apply(snapshot([1, 2]))
  expect(series.view()).toMatchObject({ gaps: 1, state: 'running', epochs: { epoch: [1, 2] } })
  series.apply(logEvent('second'))
  series.apply(logEvent('third'))
  series.addOlder({ layers: [testLayers(1)], logs: ['first', 'second'].map((message) => ({ at, level: 'info', message })) })
  const { logs, layers, ended } = series.view()
  expect(logs.map(({ message }) => message)).toEqual(['first', 'second', 'third'])
  expect([layers.length, ended]).toEqual([1, false])
  series.apply({ type: 'end', data: { state: 'completed' } })
  expect(series.view()).toMatchObject({ ended: true, state: 'completed' })
})

function snapshot(epochs: number[]): ExperimentEvent {
  const rows = epochs.map((epoch) => ({ ...testEpoch(epoch), at, attempt: 1 }))
  return { type: 'snapshot', data: { experiment: Experiment.parse({ ...testExperiment, state: 'running' }), epochs: rows } }
}
