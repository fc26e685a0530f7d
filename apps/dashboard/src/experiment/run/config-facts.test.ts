import { ExperimentRequest } from '@trainyard/contracts'
import { resolveConfig } from '@trainyard/planning'
import { expect, test } from 'vitest'
import { configFacts } from './config-facts.ts'

const givenOf = (request: object) =>
  configFacts(resolveConfig(ExperimentRequest.parse(request)))
    .filter(({ given }) => given)
    .map(({ field, value }) => `${field} ${value}`)

test.each([
  [{}, []],
  [{ lr: 2e-5, bias: false, depth: 3 }, ['bias no', 'lr 2e-5']],
  [{ norm: 'batch' }, ['norm batch']],
  [{ norm: 'group', normPosition: 'after', timeLimitSeconds: 60 }, ['norm group', 'normPosition after', 'timeLimitSeconds 60']],
  [{ layerSizes: [64, 32] }, ['depth 2', 'layerSizes 64, 32']],
])('%j — given: %j', (request, given) => {
  expect(new Set(givenOf(request))).toEqual(new Set(given))
})
