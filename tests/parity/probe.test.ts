import { readFileSync } from 'node:fs'
import path from 'node:path'
import { loadEngine } from '@trainyard/tensorflow'
import { probe, type ProbeResult } from '@trainyard/training'
import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'

const Reference = z.array(
  z.object({
    norm: z.enum(['none', 'batch', 'layer', 'group']),
    bias: z.boolean(),
    depth: z.int(),
    draws: z.int(),
    mean: z.number(),
    std: z.number(),
  }),
)
const reference = Reference.parse(JSON.parse(readFileSync(path.join(import.meta.dirname, 'goldens', 'probe-reference.json'), 'utf8')))
const DRAWS = 24

describe('PyTorch, the notebook’s tables: output norm of randn(10, 3, 128, 128) by depth', () => {
  let results: ProbeResult[]
  const cell = (kind: { norm: string; bias: boolean; depth: number }): number[] =>
    results.find(({ norm, bias, depth }) => norm === kind.norm && bias === kind.bias && depth === kind.depth)?.outputNorms ?? []
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value / values.length, 0)

  beforeAll(async () => {
    const { tf } = loadEngine(process.env)
    results = await probe(tf, {
      depths: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      norms: ['none', 'batch', 'layer', 'group'],
      biases: [true, false],
      ...{ normPosition: 'before', groupSize: 32, width: 512, inputs: 3 * 128 * 128, classes: 102 },
      ...{ batchSize: 10, draws: DRAWS, seed: 0, images: null },
    })
  }, 120_000)

  test.each(reference)(
    '$norm, bias $bias, depth $depth — within four standard errors',
    ({ norm, bias, depth, draws, mean: expected, std }) => {
      const values = cell({ norm, bias, depth })
      expect(values).toHaveLength(DRAWS)
      const standardError = std * Math.sqrt(1 / draws + 1 / DRAWS)
      expect(Math.abs(mean(values) - expected) / standardError).toBeLessThan(4)
    },
  )

  test('without biases the output falls by about √6 a layer', () => {
    const norms = Array.from({ length: 10 }, (_, depth) => mean(cell({ norm: 'none', bias: false, depth })))
    const falls = norms.slice(1).map((norm, depth) => (norms[depth] ?? NaN) / norm)
    expect(Math.max(...falls.map((fall) => Math.abs(fall / Math.sqrt(6) - 1)))).toBeLessThan(0.1)
  })

  test('with biases it levels off near 0.9', () => {
    for (const depth of [6, 7, 8, 9]) expect(Math.abs(mean(cell({ norm: 'none', bias: true, depth })) - 0.9)).toBeLessThan(0.05)
  })

  test('normalised, it stays where it is', () => {
    for (const norm of ['batch', 'layer', 'group'])
      for (const depth of [1, 2, 3, 4, 5, 6, 7, 8, 9])
        expect(Math.abs(mean(cell({ norm, bias: true, depth })) / 13.06 - 1)).toBeLessThan(0.05)
  })
})
