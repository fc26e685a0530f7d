import { expect, test } from 'vitest'
import type { LayerRow } from '@trainyard/contracts'
import { layerFindings } from './layer-findings.ts'

type Numbers = Partial<Omit<LayerRow, 'layer' | 'kind' | 'epoch'>>

/** Layers as given, the last one the output layer. */
function rows(layers: readonly Numbers[], epoch = 12): LayerRow[] {
  const numbers = { outputNorm: 10, mean: 0.4, std: 0.6, preMean: 0, preStd: 1, gradientNorm: 1, weightNorm: 10, updateRatio: 1e-3 }
  return layers.map((given, i) => {
    const kind = i < layers.length - 1 ? 'hidden' : 'output'
    return { epoch, layer: i + 1, kind, ...numbers, deadShare: kind === 'hidden' ? 0 : null, ...given }
  })
}
const lossless = { gradientNorm: 1, updateRatio: 3e-3 }

// what docs/signal.md measures: depth 8 without a norm, epoch 12
const LOST = rows(
  [
    [0.00204, 1.7e-5, 0.059],
    [6.2e-4, 4.7e-6, 0.07],
    [6.9e-4, 4.4e-6, 0.168],
    [8.1e-4, 4.0e-6, 0.328],
    [0.00153, 5.0e-6, 0.398],
    [0.00345, 8.3e-6, 0.441],
    [0.00878, 1.9e-5, 0.52],
    [0.0181, 4.0e-5, 0.543],
    [0.0507, 1.9e-4, null],
  ].map(([gradientNorm = 0, updateRatio = 0, deadShare = null]) => ({
    gradientNorm: gradientNorm ?? 0,
    updateRatio: updateRatio ?? 0,
    deadShare,
  })),
)

test('depth 8 without a norm — the gradient vanishes, half of the last units are dead; worst first', () => {
  expect(layerFindings(LOST)).toEqual([
    {
      severity: 'bad',
      layers: [1, 2, 3, 4, 5, 6],
      words:
        'Layers 1 to 6: the gradient is up to 82 times smaller than at the output; nothing is learned there. Add norm layer or batch, or lower depth.',
    },
    {
      severity: 'warning',
      layers: [7, 8],
      words:
        'Layers 7 and 8: 52 % to 54 % of the units are zero for every image, and no gradient passes a dead unit. Lower lr, or put a norm before the nonlinearity.',
    },
  ])
  expect(layerFindings(LOST, { norm: 'group' })[0]?.words).toContain('Put the norm before the nonlinearity')
})

test('the same with batch norm — the signal reaches every layer', () => {
  const healthy = rows(
    [0.924, 1.09, 1.03, 1.05, 1.01, 0.98, 0.849, 0.689, 0.63].map((gradientNorm) => ({ gradientNorm, updateRatio: 3.4e-3 })),
  )
  expect(layerFindings(healthy)).toEqual([
    { severity: 'good', layers: [1, 2, 3, 4, 5, 6, 7, 8, 9], words: 'The signal reaches every layer.' },
  ])
})

test('lr 0.3 — the units died, and nothing is said of gradients that they stop', () => {
  const died = [0.992, 0.898, 1, null].map((deadShare) => ({ deadShare, gradientNorm: 0, updateRatio: 1e-7 }))
  expect(layerFindings(rows(died))).toEqual([
    { severity: 'bad', layers: [1, 2, 3], words: expect.stringMatching(/^Layers 1 to 3: 90 % to 100 % of the units are zero.* Lower lr/) },
  ])
})

test.each([
  ['exploding', [{ gradientNorm: 900 }, { gradientNorm: 400 }, lossless, lossless], [1, 2], 'up to 900 times the last hidden layer'],
  ['numbers that are none', [lossless, { outputNorm: 'NaN' as const }, lossless], [2], 'no longer finite'],
  ['a step that is too large', [lossless, { updateRatio: 0.08 }, lossless], [2], 'by 8e-2 of their size, which is rough'],
  [
    'a step that is too small',
    [{ updateRatio: 2e-7 }, { updateRatio: 4e-7 }],
    [1, 2],
    'by 2e-7 to 4e-7 of their size, which is next to nothing',
  ],
  ['a gradient that never comes', [{ gradientNorm: 0, updateRatio: 0 }, lossless], [1], 'no gradient arrives; nothing is learned there'],
  [
    'a gradient that is faint',
    [{ gradientNorm: 0.01, updateRatio: 5e-5 }, lossless],
    [1],
    '100 times smaller than at the output; little is learned',
  ],
])('%s', (_, layers, where, words) => {
  const [worst, ...others] = layerFindings(rows(layers))
  expect(worst?.layers).toEqual(where)
  expect(worst?.words).toContain(words)
  expect(others).toEqual([])
})

test('the latest epoch counts; without hidden layers, and without any layer', () => {
  expect(layerFindings([...LOST, ...rows([lossless, lossless], 13)])[0]?.severity).toBe('good')
  expect(layerFindings(rows([lossless]))[0]?.words).toContain('There is no hidden layer')
  expect(layerFindings([])).toEqual([])
})

test.each([
  [[4], 'Layer 4:'],
  [[4, 5], 'Layers 4 and 5:'],
  [[1, 2, 3, 7], 'Layers 1 to 3 and 7:'],
  [[1, 3, 4], 'Layers 1, 3 and 4:'],
])('layers %j in words', (dead, words) => {
  const layers = Array.from({ length: 8 }, (_, i) => ({ deadShare: dead.includes(i + 1) ? 0.6 : 0 }))
  expect(layerFindings(rows([...layers, {}]))[0]?.words).toContain(words)
})
