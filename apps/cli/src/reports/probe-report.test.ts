import { ProbeRequest, type Probe } from '@trainyard/contracts'
import { expect, test } from 'vitest'
import { depthReport, gradientReport } from './probe-report.ts'

const layer = (number: number, norm: number) => ({
  layer: number,
  kind: 'hidden' as const,
  outputNorm: norm,
  gradientNorm: norm,
  outputGradientNorm: norm / 10,
})
const cell = (norm: 'none' | 'batch', depth: number, mean: number, std: number | null = null) => ({
  ...{ norm, depth, bias: true, outputNorm: { mean, std, values: [mean] } },
  layers: Array.from({ length: depth + 1 }, (_, i) => layer(i + 1, mean * 10 ** (i - depth))),
})
const probe: Probe = {
  id: 'a',
  state: 'completed',
  fraction: 1,
  error: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  finishedAt: null,
  request: ProbeRequest.parse({ depths: [0, 2], norms: ['none', 'batch'] }),
  results: [cell('none', 0, 18.5), cell('none', 2, 0.000_321), cell('batch', 0, 18.5), cell('batch', 2, 12.938, 0.25)],
}
const look = { columns: 40, paint: (text: string) => text }

test('depthReport() — a row per depth, a column per norm, and the curve of each', () => {
  const lines = depthReport(probe, look)
  expect(lines.slice(0, 5)).toEqual([
    'output norm of randn(10, 3, 128, 128) through layers of 512 units, one draw, by depth',
    '',
    'depth      none           batch',
    '    0     18.50           18.50',
    '    2   3.21e-4  12.94 ± 0.2500',
  ])
  expect(lines.at(-1)).toContain('o none   + batch')
})

test('depthReport() — both kinds of bias have a column of their own', () => {
  const results = probe.results.flatMap((each) => [each, { ...each, bias: false }])
  expect(depthReport({ ...probe, results }, look)[2]).toMatch(/none, bias +none, no bias +batch, bias +batch, no bias/)
})

test('gradientReport() — the deepest network, layer by layer', () => {
  const lines = gradientReport(probe, look)
  expect(lines[0]).toContain('at depth 2')
  expect(lines.slice(3, 6).map((line) => line.trim().split(/ +/))).toEqual([
    ['1', '3.21e-7', '0.01294'],
    ['2', '3.21e-6', '0.1294'],
    ['3', '3.21e-5', '1.294'],
  ])
})
