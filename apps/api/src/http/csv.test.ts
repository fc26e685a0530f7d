import { describe, expect, test } from 'vitest'
import { text, toCsv } from './csv.ts'

describe('toCsv()', () => {
  test('quotes, line ends, nothing, truth and numbers — each as pandas reads it', () => {
    const row = { words: 'a "b",\nc', nothing: null, truth: false, number: -1.5e-7 }
    const columns = {
      words: (each: typeof row) => each.words,
      nothing: (each: typeof row) => each.nothing,
      truth: (each: typeof row) => each.truth,
      number: (each: typeof row) => each.number,
    }
    expect(toCsv([row], columns)).toBe('words,nothing,truth,number\n"a ""b"",\nc",,false,-1.5e-7\n')
  })

  test('no rows — the header alone', () => {
    expect(toCsv([], { epoch: () => 1, loss: () => 2 })).toBe('epoch,loss\n')
  })
})

test.each(['=1+1', '+1', '-1', '@x', '\tx', '\rx'])('text() — %j is not run as a formula', (words) => {
  expect(text(words)).toBe(`'${words}`)
})

test('text() — other words stay as they are', () => {
  expect([text('a=b'), text(''), text(null)]).toEqual(['a=b', '', null])
})
