import { Comparison } from '@trainyard/contracts'
import { expect, test } from 'vitest'
import { comparedCurves, labelsOf } from './compared-curves.ts'

const run = (id: string, name: string | null) => ({ id, name, state: 'completed', owner: null, best: null, latest: null, differing: {} })
const nothing = [null, null]
const comparison = Comparison.parse({
  experiments: [run('0000000000000001', 'one'), run('0000000000000002', null)],
  differing: [],
  items: [
    { epoch: 1, loss: [4, 3], accuracy: nothing, evalLoss: nothing, evalAccuracy: [0.5, null], trainingSeconds: [0.5, 2] },
    { epoch: 2, loss: ['NaN', null], accuracy: nothing, evalLoss: nothing, evalAccuracy: nothing, trainingSeconds: [1, null] },
  ],
})
const drawn = { measure: 'loss', by: 'epoch', log: false, smoothing: 0 } as const

test('by epoch or by time, as far as each has come', () => {
  const [one, two] = comparedCurves(comparison, drawn)
  expect([one, two]).toMatchObject([
    { label: 'one', x: [1, 2], y: [4, Number.NaN] },
    { label: '0000000000000002', x: [1], y: [3] },
  ])
  expect(one?.style).not.toEqual(two?.style)
  expect(comparedCurves(comparison, { ...drawn, by: 'time' }).map(({ x }) => x)).toEqual([[0.5, 1], [2]])
  expect(comparedCurves(comparison, { ...drawn, measure: 'evalAccuracy' }).map(({ y }) => y)).toEqual([[0.5], []])
})

test('smoothed in front of the measured points, in one style', () => {
  const curves = comparedCurves(comparison, { ...drawn, smoothing: 0.5 })
  expect(curves.map(({ label, faint = false }) => [label, faint])).toEqual([
    ['one, as measured', true],
    ['one', false],
    ['0000000000000002, as measured', true],
    ['0000000000000002', false],
  ])
  expect(curves[0]?.style).toEqual(curves[1]?.style)
})

test('labels are names, with ids where names are equal', () => {
  const named = ['a', 'a', 'b', null].map((name, i) => ({ id: String(i), name }))
  expect(labelsOf(named)).toEqual(['a (0)', 'a (1)', 'b', '3'])
})
