import { expect, test } from 'vitest'
import { describeDiskSpace, hasFreeDisk } from './disk-reserve.ts'

const gib = (free: number, total: number) => ({ freeBytes: free * 2 ** 30, totalBytes: total * 2 ** 30 })

test('hasFreeDisk() — at least 2 GiB and at least 5 % must be free', () => {
  expect(hasFreeDisk(gib(2, 40))).toBe(true)
  expect(hasFreeDisk(gib(1.99, 20))).toBe(false)
  expect(hasFreeDisk(gib(4.9, 100))).toBe(false)
  expect(describeDiskSpace(gib(4.9, 100))).toBe('4.9 GiB free, 5 % of all')
})
