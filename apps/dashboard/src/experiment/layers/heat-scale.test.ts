import { expect, test } from 'vitest'
import { cividis, heatScale } from './heat-scale.ts'

test('cividis — from its darkest to its lightest, lighter all the way', () => {
  expect([cividis(0), cividis(1), cividis(7)]).toEqual([
    [0, 34, 78],
    [254, 232, 56],
    [254, 232, 56],
  ])
  // relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
  const linear = (part: number): number => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4)
  const light = Array.from({ length: 50 }, (_, i) => cividis(i / 49)).map(
    ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b),
  )
  expect(light.every((value, i) => i === 0 || value > (light[i - 1] ?? 0))).toBe(true)
})

test('a log scale — equal factors are equal distances; zero is lowest, what is no number has no place', () => {
  const scale = heatScale([1e-6, 1e-2, 0, NaN, Infinity], { log: true })
  expect(scale).toMatchObject({ low: 1e-6, high: 1e-2 })
  expect(scale.place(1e-4)).toBeCloseTo(0.5, 12)
  expect([0, NaN, Infinity].map((value) => scale.place(value))).toEqual([0, null, null])
})

test('a linear scale, given ends, one value, no value', () => {
  expect(heatScale([2, 4], { log: false }).place(3)).toBe(0.5)
  expect(heatScale([], { log: false, ends: [0, 1] }).place(0.25)).toBe(0.25)
  expect(heatScale([5], { log: true }).place(5)).toBe(0.5)
  expect(heatScale([], { log: true }).place(5)).toBeNull()
})
