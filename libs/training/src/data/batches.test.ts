import { expect, test } from 'vitest'
import { batches, epochOrder } from './batches.ts'

test('epochOrder() — every image once; the same for a seed and epoch, another for any other', () => {
  const order = epochOrder({ seed: 1, epoch: 1, count: 1020 })
  expect([...order].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1020 }, (_, i) => i))
  expect(epochOrder({ seed: 1, epoch: 1, count: 1020 })).toEqual(order)
  expect(epochOrder({ seed: 1, epoch: 2, count: 1020 })).not.toEqual(order)
  expect(epochOrder({ seed: 2, epoch: 1, count: 1020 })).not.toEqual(order)
})

test('batches() — all in order, the last one smaller', () => {
  const parts = [...batches(epochOrder({ seed: 0, epoch: 1, count: 1020 }), 64)]
  expect(parts.map(({ length }) => length)).toEqual([...Array.from({ length: 15 }, () => 64), 60])
  expect(parts.flatMap((part) => [...part])).toEqual([...epochOrder({ seed: 0, epoch: 1, count: 1020 })])
})
