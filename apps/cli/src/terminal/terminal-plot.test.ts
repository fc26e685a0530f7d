import { expect, test } from 'vitest'
import { plotLines, tickText } from './terminal-plot.ts'

const series = [
  { name: 'none', mark: 'o', points: [0, 1, 2, 3, 4].map((x) => ({ x, y: 10 ** -x })) },
  { name: 'batch', mark: '+', points: [0, 1, 2, 3, 4].map((x) => ({ x, y: 1 })) },
]

test('plotLines() — a log axis makes a straight line of what falls by a factor', () => {
  expect(plotLines({ series, log: true, xLabel: 'depth', yLabel: 'norm', columns: 9, rows: 5 })).toEqual([
    '           norm',
    '     1.00 ┤o + + + +',
    '          ┤  o',
    '          ┤    o',
    '          ┤      o',
    '   1.0e-4 ┤        o',
    '          └─────────',
    '           0 depth 4',
    '           o none   + batch',
  ])
})

test('plotLines() — a reference line, colours by series, and what cannot be shown left out', () => {
  const points = [
    { x: 1, y: Number.NaN },
    { x: 2, y: 2 },
    { x: 3, y: Infinity },
  ]
  const lines = plotLines({
    ...{ series: [{ name: 'loss', mark: 'o', points }], xLabel: 'epoch', yLabel: 'loss', columns: 3, rows: 3 },
    reference: { y: 4, name: 'guessing' },
    paint: (text, index) => `<${index}${text}>`,
  })
  expect(lines.slice(1, 4)).toEqual(['     4.00 ┤╌╌╌', '          ┤', '     2.00 ┤ <0o>'])
  expect(lines.at(-1)).toBe('           <0o> loss   ╌ guessing')
})

test('plotLines() — nothing yet', () => {
  expect(plotLines({ series: [], xLabel: '', yLabel: '', columns: 3, rows: 3 })).toEqual(['nothing to plot yet'])
})

test.each([
  [4.625, '4.63'],
  [0, '0.00'],
  [1234, '1234'],
  [123_456, '1.2e+5'],
  [0.0001, '1.0e-4'],
])('tickText(%f) — %s', (value, text) => {
  expect(tickText(value)).toBe(text)
})
