import { expect, test } from 'vitest'
import { EXPERIMENT_FORM } from '../experiment-form.ts'
import { fallbackOf, readTexts } from './format-form.ts'

test('readTexts() — every kind of field, as the contract reads it', () => {
  const texts = { depth: '2', lr: '1e-3', norm: 'batch', bias: 'false', tags: 'a, b', name: 'A name', notes: '' }
  const { given, parsed, faults } = readTexts(EXPERIMENT_FORM, texts)
  expect(faults).toEqual({})
  expect(given).toEqual({ depth: 2, lr: 0.001, norm: 'batch', bias: false, tags: ['a', 'b'], name: 'A name' })
  expect(parsed).toMatchObject({ ...given, epochs: 30, imageSize: 128 })
})

test('readTexts() — what is the default anyway is not given', () => {
  expect(readTexts(EXPERIMENT_FORM, { lr: '0.0001', epochs: '30', bias: 'true', dataset: 'flowers102' }).given).toEqual({})
})

test('readTexts() — every field at fault, each with its reason', () => {
  const { parsed, faults } = readTexts(EXPERIMENT_FORM, { depth: 'three', lr: '-1', epochs: '1.5', norm: 'odd' })
  expect(parsed).toBeNull()
  expect(Object.keys(faults).toSorted()).toEqual(['depth', 'epochs', 'lr', 'norm'])
  expect(faults['depth']).toBe('wants a number, not "three"')
})

test('readTexts() — fields that do not fit each other', () => {
  const { faults } = readTexts(EXPERIMENT_FORM, { depth: '2', layerSizes: '8, 8' })
  expect(faults).toEqual({ depth: 'cannot be given together with layerSizes; leave one of them out' })
})

test('fallbackOf() — the default of the schema or of its words', () => {
  const fallbacks = Object.fromEntries(EXPERIMENT_FORM.flags.map((flag) => [flag.field, fallbackOf(flag)]))
  expect(fallbacks).toMatchObject({ depth: '3', width: '512', lr: '0.0001', normPosition: 'before', groupSize: '32' })
  expect(fallbacks['normAffine']).toBeUndefined()
  expect(fallbacks['name']).toBeUndefined()
})
