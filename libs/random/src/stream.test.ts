import { expect, test } from 'vitest'
import { permutation, randomStream } from './stream.ts'

test('randomStream() — same seed, purpose and part give the same numbers; any other gives others', () => {
  const numbers = (...args: Parameters<typeof randomStream>) => {
    const stream = randomStream(...args)
    return Array.from({ length: 9 }, () => stream.uint32())
  }
  expect(numbers(7, 'order', 3)).toEqual(numbers(7, 'order', 3))
  const all = [numbers(7, 'order', 3), numbers(8, 'order', 3), numbers(7, 'weights', 3), numbers(7, 'order', 4)].flat()
  expect(new Set(all).size).toBe(all.length)
})

test('permutation() — holds every index once, and each place is equally likely', () => {
  const draws = 6000
  const firstPlaces = Array.from({ length: 6 }, () => 0)
  for (let part = 0; part < draws; part++) {
    const order = permutation(6, randomStream(1, 'order', part))
    expect([...order].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5])
    firstPlaces[order[0] ?? 0]! += 1
  }
  const expected = draws / 6
  const chiSquare = firstPlaces.reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0)
  expect(chiSquare).toBeLessThan(20.5) // 99.9 % point for 5 degrees of freedom
})
