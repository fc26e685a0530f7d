import { SweepRequest } from '@trainyard/contracts'
import { describe, expect, test } from 'vitest'
import { planTrials } from './sweep-trials.ts'

const plan = (body: object) => planTrials(SweepRequest.parse(body))
const fieldsOf = (body: object) => plan(body).map(({ fields }) => fields)

describe('grid', () => {
  test('every combination, the last field fastest', () => {
    const space = { depth: { values: [1, 2] }, lr: { values: [0.1, 0.01, 0.001] } }
    const trials = plan({ strategy: 'grid', space, base: { epochs: 3 }, name: 'g' })
    expect(trials.map(({ fields }) => fields)).toEqual([1, 2].flatMap((depth) => [0.1, 0.01, 0.001].map((lr) => ({ depth, lr }))))
    expect(trials[3]?.request).toMatchObject({ depth: 2, lr: 0.1, epochs: 3, name: 'g #4' })
  })

  test('what makes no difference is run once', () => {
    const space = { norm: { values: ['none', 'layer'] }, normPosition: { values: ['before', 'after'] } }
    expect(fieldsOf({ strategy: 'grid', space })).toEqual([
      { norm: 'none', normPosition: 'before' },
      { norm: 'layer', normPosition: 'before' },
      { norm: 'layer', normPosition: 'after' },
    ])
  })

  test('a norm lab is norms × positions × depths, of one seed', () => {
    const trials = plan({ preset: 'norm-lab', base: { seed: 7 } })
    expect(trials).toHaveLength(4 * (1 + 3 * 2))
    expect(new Set(trials.map(({ request }) => request.seed))).toEqual(new Set([7]))
    expect(plan({ preset: 'norm-lab', space: { depth: { values: [3] } } })).toHaveLength(7)
  })
})

describe('random', () => {
  const space = {
    lr: { min: 1e-4, max: 1, scale: 'log' },
    depth: { min: 1, max: 4 },
    norm: { values: ['none', 'layer'] },
    momentum: { min: 0, max: 0.9 },
  }

  test('the same seed draws the same trials, and more of them leave the first as they are', () => {
    const ten = fieldsOf({ space, trials: 10, seed: 1 })
    expect(fieldsOf({ space, trials: 20, seed: 1 }).slice(0, 10)).toEqual(ten)
    expect(fieldsOf({ space, trials: 10, seed: 2 })).not.toEqual(ten)
  })

  test('log ranges are uniform in the logarithm, whole fields whole and their ends as likely as the rest, all within their bounds', () => {
    const trials = fieldsOf({ space, trials: 1000, seed: 3 })
    const decades = [0, 0, 0, 0]
    for (const { lr } of trials) decades[Math.min(3, Math.floor(Math.log10(Number(lr)) + 4))]! += 1
    // 250 each; the standard deviation is 14
    for (const count of decades) expect(Math.abs(count - 250)).toBeLessThan(70)
    for (const depth of [1, 2, 3, 4]) expect(Math.abs(trials.filter((trial) => trial['depth'] === depth).length - 250)).toBeLessThan(70)
    for (const { lr, momentum } of trials) {
      expect(Number(lr)).toBeGreaterThanOrEqual(1e-4)
      expect(Number(lr)).toBeLessThanOrEqual(1)
      expect(Number(momentum)).toBeLessThanOrEqual(0.9)
    }
  })

  test('layer sizes take the place of depth and width', () => {
    const trials = plan({ base: { depth: 4, width: 64 }, space: { layerSizes: { values: [[32, 16]] } }, trials: 1 })
    expect(trials[0]?.request).toMatchObject({ layerSizes: [32, 16] })
    expect(trials[0]?.request).not.toHaveProperty('depth')
  })
})

test.each([
  ['an empty space', {}, '/space', 'is empty'],
  ['a range in a grid', { strategy: 'grid', space: { lr: { min: 0.1, max: 1 } } }, '/space/lr', 'needs values in a grid'],
  ['bounds the wrong way round', { space: { lr: { min: 1, max: 0.1 } } }, '/space/lr', 'above max'],
  ['a log range from zero', { space: { lr: { min: 0, max: 1, scale: 'log' } } }, '/space/lr', 'above 0'],
  ['epochs under asha', { strategy: 'asha', space: { epochs: { values: [1, 2] } } }, '/space/epochs', 'cannot vary'],
  ['a value out of its field', { strategy: 'grid', space: { lr: { values: [0.1, 50] } } }, '/space/lr', 'of trial 2'],
  [
    'fields that do not fit together',
    { strategy: 'grid', base: { norm: 'group' }, space: { width: { values: [64, 33] } } },
    '/space/width',
    'of trial 2',
  ],
  [
    'too many',
    { strategy: 'grid', space: { seed: { values: numbers(100) }, depth: { values: numbers(11) } } },
    '/space',
    '1100 combinations',
  ],
])('%s — refused, and named', (_name, body, pointer, words) => {
  const fieldErrors: unknown = catchFaults(body)
  expect(fieldErrors).toContainEqual({ pointer, detail: expect.stringContaining(words) })
})

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}

function catchFaults(body: object): unknown {
  try {
    plan(body)
  } catch (error) {
    return error instanceof Error && 'fieldErrors' in error ? error.fieldErrors : error
  }
  return null
}
