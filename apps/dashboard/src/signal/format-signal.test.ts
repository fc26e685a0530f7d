import { ProbeRequest } from '@trainyard/contracts'
import { expect, test } from 'vitest'
import type { SignalCell } from './signal-cells.ts'
import { formatLargestGap, formatCell, formatNorm } from './format-signal.ts'

const request = ProbeRequest.parse({ draws: 3 })
const layer = { norm: 'layer', bias: true, depth: 7, predicted: 5, measured: { mean: 5.1, std: 0.2, values: [] } } satisfies SignalCell
const none = { norm: 'none', bias: false, depth: 2, predicted: 3, measured: null } satisfies SignalCell

test('a point in words', () => {
  expect(formatCell(layer, request)).toBe('depth 7, layer norm before ReLU, bias: output norm 5.10 ± 0.200, predicted 5.00')
  expect(formatCell(none, request)).toBe('depth 2, no norm, no bias: output norm not measured yet, predicted 3.00')
})

test('how far apart, or what measuring would do', () => {
  expect(formatLargestGap([layer, none], request)).toBe(
    'Prediction and measurement are at most 1.02 times apart, at depth 7 with layer norm: predicted 5.00, measured 5.10 ± 0.200.',
  )
  expect(formatLargestGap([none], request)).toBe(
    'The lines are predicted, from these fields alone. To measure draws 90 fresh networks and sends a batch of random numbers through each.',
  )
})

test.each([
  [0, '0'],
  [18.168, '18.2'],
  [1234.5, '1235'],
  [0.00001234, '1.23e-5'],
  [Infinity, 'Infinity'],
  [Number.NaN, 'NaN'],
])('%s is %s', (norm, text) => expect(formatNorm(norm)).toBe(text))
