import { ExperimentRequest } from '@trainyard/contracts'
import { resolveConfig } from '@trainyard/planning'
import { expect, test } from 'vitest'
import { matchesSearch } from './matches-search.ts'

const experiment = {
  id: '0hog681kme3dritv',
  name: 'Wide one',
  tags: ['lesson'],
  state: 'running' as const,
  config: resolveConfig(ExperimentRequest.parse({ norm: 'batch', lr: 0.05 })),
}

test.each([
  ['', true],
  ['wide', true],
  ['less run', true],
  ['BATCH  0.05', true],
  ['0hog', true],
  ['batch layer', false],
])('%j — %s', (words, fits) => expect(matchesSearch(experiment, words)).toBe(fits))
