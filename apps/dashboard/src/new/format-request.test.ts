import { canonicalConfig, ExperimentRequest } from '@trainyard/contracts'
import { resolveConfig } from '@trainyard/planning'
import { expect, test } from 'vitest'
import { EXPERIMENT_FORM } from './experiment-form.ts'
import { readTexts } from './fields/format-form.ts'
import { addressOf, textsFromExperiment, textsFromSearch } from './format-request.ts'

test('an address fills in what it names, and nothing else', () => {
  expect(textsFromSearch('?depth=12&norm=batch&from=abc&constructor=1')).toEqual({ depth: '12', norm: 'batch' })
})

test('an address and its form are each other’s', () => {
  const texts = { depth: '12', name: 'a & b = c', tags: 'x, y' }
  expect(textsFromSearch(addressOf(texts).slice('/new?'.length))).toEqual(texts)
  expect(addressOf({ depth: '' })).toBe('/new')
})

test.each([
  {},
  { depth: 0 },
  { depth: 12, width: 64, norm: 'group', groupSize: 8, normPosition: 'after', normAffine: true },
  { layerSizes: [8, 16, 8], bias: false, lr: 0.01, dataset: 'synthetic-flowers', imageSize: 32 },
  { initialWeights: 'a'.repeat(64), layerSizes: [5] },
] as const)('the form of an experiment with %o makes the same one', (request) => {
  const config = resolveConfig(ExperimentRequest.parse(request))
  const texts = textsFromExperiment({ config, name: 'A', tags: ['b', 'c'], notes: null, priority: 0, pool: 'default' })
  const { parsed } = readTexts(EXPERIMENT_FORM, texts)
  expect(parsed).toMatchObject({ name: 'A', tags: ['b', 'c'] })
  expect(parsed && canonicalConfig(resolveConfig(parsed))).toBe(canonicalConfig(config))
})
