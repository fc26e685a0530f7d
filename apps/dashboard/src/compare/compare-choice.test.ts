import { expect, test } from 'vitest'
import { readChoice, writeChoice } from './compare-choice.ts'

const read = (query: string) => readChoice(new URLSearchParams(query))

test('an empty address compares nothing yet', () => {
  expect(read('')).toEqual({ ids: [], measure: 'loss', by: 'epoch', log: false, smoothing: 0 })
})

test('what is written is read again, without the defaults', () => {
  const choice = { ids: ['b', 'a'], measure: 'evalAccuracy', by: 'time', log: true, smoothing: 0.6 } as const
  expect(readChoice(writeChoice(choice))).toEqual(choice)
  expect(String(writeChoice({ ...choice, measure: 'loss', by: 'epoch', log: false, smoothing: 0 }))).toBe('ids=b%2Ca')
})

test('invalid values become defaults', () => {
  expect(read('ids=a,,a&measure=norm&by=step&smoothing=7')).toEqual({
    ids: ['a'],
    measure: 'loss',
    by: 'epoch',
    log: false,
    smoothing: 0.95,
  })
  expect(read('smoothing=x').smoothing).toBe(0)
})
