import { type BatchList, fromJsonNumber } from '@trainyard/contracts'
import type { Curve, Range } from '../../charts/chart-options.ts'
import { lineStyle } from '../../charts/palette.ts'
import type { Steps } from './step-buffer.ts'
import type { EpochColumns } from './run-series.ts'
import { smoothed } from '../../charts/smoothed.ts'

/** A chart of at most this number of epochs shows every step. */
const DETAILED_EPOCHS = 8

interface Points {
  x: readonly number[]
  y: readonly number[]
}

/** Train and eval loss by epoch, and by step where those are given: the same curves always, so that a chart keeps its zoom. */
export function lossCurves({ epochs, steps, smoothing }: { epochs: EpochColumns; steps: Points; smoothing: number }): Curve[] {
  const drawn = [
    { label: 'each step', points: steps },
    { label: 'train', points: { x: epochs.epoch, y: epochs.loss } },
    { label: 'eval', points: { x: epochs.epoch, y: epochs.evalLoss } },
  ]
  // the steps in the background: drawn first, in the last colour
  const style = (i: number) => lineStyle(i === 0 ? 4 : i - 1)
  const shown = drawn.map(({ label, points: { x, y } }, i) => ({ label, x, y: smoothed(y, { weight: smoothing }), style: style(i) }))
  const raw = drawn.map(({ label, points: { x, y } }, i) => ({
    label: `${label}, raw`,
    x,
    y: smoothing > 0 ? y : y.map(() => null),
    style: style(i),
  }))
  return [...raw.map((curve) => ({ ...curve, faint: true })), ...shown]
}

export function accuracyCurves({ epoch: x, accuracy, evalAccuracy, evalTop5Accuracy }: EpochColumns): Curve[] {
  return [
    { label: 'train', x, y: accuracy, style: lineStyle(0) },
    { label: 'eval', x, y: evalAccuracy, style: lineStyle(1) },
    { label: 'eval, top 5', x, y: evalTop5Accuracy, style: lineStyle(2) },
  ]
}

/** The epochs whose steps are to be seen in this part of the chart: few, or none. `lastEpoch`: the one being worked on. */
export function detailedEpochs({ range, lastEpoch }: { range: Range | null; lastEpoch: number }): number[] {
  // an epoch's steps lie between the number before its own and its own
  const first = Math.max(1, range ? Math.floor(range.min) + 1 : 1)
  const last = Math.min(lastEpoch, range ? Math.ceil(range.max) : lastEpoch)
  const count = Math.max(0, last - first + 1)
  return count <= DETAILED_EPOCHS ? Array.from({ length: count }, (_, i) => first + i) : []
}

/** The steps of these epochs where they lie between the epochs: those asked for, and over them those that came live. */
export function stepPoints(options: {
  epochs: readonly number[]
  asked: readonly BatchList[]
  live: Steps
  stepsPerEpoch: number
}): Points {
  const { epochs, asked, live, stepsPerEpoch } = options
  const points = new Map<number, number>()
  const add = (epoch: number, step: number, loss: number): void => {
    if (epochs.includes(epoch)) points.set(epoch - 1 + step / stepsPerEpoch, loss)
  }
  for (const { items } of asked) for (const { epoch, step, loss } of items) add(epoch, step, fromJsonNumber(loss))
  for (const [i, epoch] of live.epoch.entries()) add(epoch, live.step[i] ?? 0, live.loss[i] ?? NaN)
  const sorted = [...points].toSorted(([a], [b]) => a - b)
  return { x: sorted.map(([x]) => x), y: sorted.map(([, y]) => y) }
}
