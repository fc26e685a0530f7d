import { type ProbeCell, ProbeRequest } from '@trainyard/contracts'
import { expect, test } from 'vitest'
import { largestGap, signalCells, gapRatio } from './signal-cells.ts'

const cell = (norm: ProbeCell['norm'], depth: number, mean: ProbeCell['outputNorm']['mean']): ProbeCell => ({
  norm,
  depth,
  bias: true,
  layers: [],
  outputNorm: { mean, std: null, values: [mean] },
})

test('the notebook’s table, predicted: 3 kinds × 10 depths, within 3 % of what PyTorch measured there', () => {
  const cells = signalCells(ProbeRequest.parse({}), [])
  expect(cells).toHaveLength(30)
  const at = (norm: string, depth: number): number => cells.find((each) => each.norm === norm && each.depth === depth)?.predicted ?? 0
  // batch × classes numbers of variance 1/3 + 1/(3f)
  expect(at('none', 0)).toBeCloseTo(Math.sqrt((10 * 102) / 3), 2)
  // without a norm it falls until only the biases are left
  expect(at('none', 1)).toBeGreaterThan(at('none', 2))
  expect(at('none', 9) / at('none', 8)).toBeCloseTo(1, 2)
  // half of the squares of normal numbers, a third of them, and the biases
  expect(at('layer', 9)).toBeCloseTo(Math.sqrt(1020 * (1 / 6 + 1 / (3 * 512))), 2)
  for (const each of cells) expect(each.measured).toBeNull()
})

test('images of a dataset are weaker than random numbers', () => {
  const norm = (input: string): number => signalCells(ProbeRequest.parse({ input, depths: [0] }), [])[0]?.predicted ?? 0
  expect(norm('synthetic-flowers') / norm('randn')).toBeCloseTo(Math.sqrt(0.1723), 2)
})

test('what was measured stands beside it; the furthest is the largest ratio either way, of finite numbers', () => {
  const request = ProbeRequest.parse({ depths: [2, 0, 2], norms: ['none', 'batch'] })
  const bare = signalCells(request, [])
  expect(bare.map(({ norm, depth }) => `${norm} ${depth}`)).toEqual(['none 0', 'none 2', 'batch 0', 'batch 2'])
  const [first, second] = bare.map(({ predicted }) => predicted)
  const cells = signalCells(request, [cell('none', 0, (first ?? 0) * 1.1), cell('none', 2, (second ?? 0) / 1.2), cell('batch', 2, 'NaN')])
  expect(cells.map((each) => gapRatio(each)?.toFixed(3) ?? null)).toEqual(['1.100', '1.200', null, null])
  expect(largestGap(cells)).toMatchObject({ norm: 'none', depth: 2 })
  expect(largestGap(bare)).toBeNull()
})
