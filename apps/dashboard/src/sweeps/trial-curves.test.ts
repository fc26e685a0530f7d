import { Trial } from '@trainyard/contracts'
import { expect, test } from 'vitest'
import { trialCurves } from './trial-curves.ts'
import { bestIds, byValue } from './trial-order.ts'

const at = (second: number): string => `2026-01-01T00:00:0${second}.000Z`
const trial = (number: number, values: Partial<Trial>): Trial =>
  Trial.parse({
    ...{ trial: number, experimentId: `000000000000000${number}`, fields: {}, state: 'completed', reason: 'finished', finishedAt: at(9) },
    epochs: 1,
    best: null,
    value: null,
    stopped: null,
    ...values,
  })
const items = [
  trial(1, { finishedAt: at(3), value: 0.2 }),
  trial(2, { state: 'running', finishedAt: null, value: 0.9 }),
  trial(3, { finishedAt: at(1), value: 0.5 }),
  trial(4, { state: 'queued', finishedAt: null, epochs: 0 }),
  trial(5, { finishedAt: at(2), value: 0.7, stopped: { epoch: 1, value: 0.7, place: 3, of: 3, best: 1 } }),
  trial(6, { finishedAt: at(4), value: 'NaN' }),
]

test('the best so far after each that has ended, in that order; what runs stands last, what waits nowhere', () => {
  const curves = trialCurves({ items, state: 'running', strategy: 'asha', objective: 'evalAccuracy' })
  expect(curves.map(({ label, x, y }) => [label, x, y])).toEqual([
    ['best so far', [1, 2, 3, 4, 5], [0.5, 0.7, 0.7, 0.7, null]],
    ['ended', [1, 2, 3, 4, 5], [0.5, null, 0.2, null, null]],
    ['stopped early', [1, 2, 3, 4, 5], [null, 0.7, null, null, null]],
    ['running', [1, 2, 3, 4, 5], [null, null, null, null, 0.9]],
  ])
  const done = trialCurves({ items, state: 'completed', strategy: 'grid', objective: 'loss' })
  expect(done.map(({ label }) => label)).toEqual(['best so far', 'ended'])
  expect(done[0]?.y).toEqual([0.5, 0.5, 0.2, 0.2, null])
})

test('the best first, whichever way is better; no value last', () => {
  const order = (objective: 'accuracy' | 'loss') => items.toSorted(byValue(objective)).map((each) => each.trial)
  expect(order('accuracy')).toEqual([2, 5, 3, 1, 4, 6])
  expect(order('loss')).toEqual([1, 3, 5, 2, 4, 6])
})

test('the best ids — only of those with a value', () => {
  const sweep = { items, objective: 'accuracy' } as const
  expect(bestIds(sweep, 3)).toEqual(['0000000000000002', '0000000000000005', '0000000000000003'])
  expect(bestIds(sweep, 99)).toHaveLength(4)
})
