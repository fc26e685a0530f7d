import type { JsonNumber } from '@trainyard/contracts'
import { describe, expect, test } from 'vitest'
import { downsample } from './downsample.ts'

const pointsOf = (losses: readonly JsonNumber[]) => losses.map((loss, i) => ({ step: i + 1, loss }))

describe('downsample()', () => {
  test('few points — all of them', () => {
    const points = pointsOf([3, 2, 1])
    expect(downsample(points, 3)).toEqual(points)
  })

  test.each([2001, 4000, 48_001])('%i points — at most 2,000, in order, with every spike and dip', (count) => {
    const points = pointsOf(Array.from({ length: count }, (_, i) => (i % 997 === 5 ? 100 + i : i % 991 === 7 ? -i : Math.sin(i))))
    const kept = downsample(points, 2000)
    expect(kept.length).toBeLessThanOrEqual(2000)
    expect(kept.map(({ step }) => step)).toEqual(kept.map(({ step }) => step).toSorted((a, b) => a - b))
    expect(Math.max(...kept.map(({ loss }) => Number(loss)))).toBe(Math.max(...points.map(({ loss }) => Number(loss))))
    expect(Math.min(...kept.map(({ loss }) => Number(loss)))).toBe(Math.min(...points.map(({ loss }) => Number(loss))))
  })

  test('a loss that is no longer a number — kept', () => {
    const points = pointsOf(Array.from({ length: 100 }, (_, i) => (i === 42 ? 'NaN' : i)))
    expect(downsample(points, 10).map(({ loss }) => loss)).toContain('NaN')
  })
})
