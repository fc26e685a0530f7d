import { expect, test } from 'vitest'
import { addressFor, NOTEBOOK_PROBE, readProbe, textOf, textsFrom } from './format-probe.ts'

const read = (query: string) => readProbe(textsFrom(new URLSearchParams(query)))

test('an empty address is the notebook’s table, and writes itself as nothing', () => {
  expect(read('')).toEqual({ request: NOTEBOOK_PROBE, faults: {} })
  expect(String(addressFor(textsFrom(new URLSearchParams())))).toBe('')
})

test('numbers are written as ranges, and read again', () => {
  expect(textOf([0, 1, 2, 3, 7, 8, 12])).toBe('0-3,7,8,12')
  expect(textOf(['none', 'batch'])).toBe('none,batch')
  const query = 'depths=0-3%2C7&norms=layer&biases=true%2Cfalse&width=64'
  expect(read(query).request).toEqual({ ...NOTEBOOK_PROBE, depths: [0, 1, 2, 3, 7], norms: ['layer'], biases: [true, false], width: 64 })
  expect(String(addressFor(textsFrom(new URLSearchParams(query))))).toBe(query)
})

test.each([
  ['width=wide', { width: 'wants a number, not "wide"' }],
  ['width=0', { width: expect.stringContaining('>=1') }],
  ['depths=3-1', { depths: expect.stringContaining('wants numbers') }],
  ['norms=', { norms: 'needs at least one' }],
  ['norms=spectral', { norms: expect.stringContaining('none') }],
  ['norms=group&width=100', { groupSize: expect.any(String), width: expect.stringContaining('groups of 32') }],
  ['batchSize=1', { batchSize: expect.stringContaining('batch norm') }],
])('%s — said at the field', (query, faults) => {
  expect(read(query)).toEqual({ request: null, faults })
})
