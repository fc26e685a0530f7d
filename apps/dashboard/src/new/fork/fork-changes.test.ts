import { ExperimentRequest } from '@trainyard/contracts'
import { resolveConfig } from '@trainyard/planning'
import { expect, test } from 'vitest'
import { FIXED_FLAGS, fixedReason, forkOrigins, ownTexts, readFork } from './fork-changes.ts'

const config = resolveConfig(ExperimentRequest.parse({ dataset: 'synthetic-flowers', imageSize: 16, norm: 'batch', lr: 0.01, epochs: 5 }))
const forkPoints = [
  { epoch: 5, kind: 'checkpoint' as const },
  { epoch: 3, kind: 'model' as const },
]
const experiment = { config, name: 'First', tags: ['a', 'b'], notes: null, priority: 0, pool: 'default', forkPoints }

test('readFork() — an untouched form changes nothing but lacks epochs to train', () => {
  const texts = ownTexts(experiment)
  expect(texts).toMatchObject({ lr: '0.01', epochs: '5', tags: 'a, b', notes: '', recordLayers: 'true' })
  expect(readFork(experiment, { texts, epoch: 3 })).toEqual({ changes: {}, changed: [], faults: {} })
  const { changes, faults } = readFork(experiment, { texts, epoch: 5 })
  expect(changes).toBeNull()
  expect(Object.keys(faults)).toEqual(['epochs'])
})

test('readFork() — only what differs; what was emptied stays as it was', () => {
  const texts = { ...ownTexts(experiment), lr: '0.001', epochs: '9', name: '', recordLayers: 'false' }
  const { changes, changed } = readFork(experiment, { texts, epoch: 5 })
  expect(changes).toEqual({ lr: 0.001, epochs: 9, recordLayers: false })
  expect(changed.toSorted()).toEqual(['epochs', 'lr', 'recordLayers'])
})

test('readFork() — what does not fit a field that stays', () => {
  const texts = { ...ownTexts(experiment), batchSize: '1019', epochs: '9' }
  expect(Object.keys(readFork(experiment, { texts, epoch: 5 }).faults)).toEqual(['batchSize'])
})

test('the fields that stay, and why', () => {
  const fields = FIXED_FLAGS.map(({ field }) => field)
  expect(fields).toEqual(expect.arrayContaining(['depth', 'width', 'imageSize', 'dataset', 'norm', 'bias']))
  expect(fields).not.toContain('lr')
  expect(fixedReason()).toContain('shapes')
})

test('forkOrigins() — each epoch once, newest first', () => {
  const both = [...forkPoints, { epoch: 5, kind: 'model' as const }]
  expect(forkOrigins({ forkPoints: both })).toEqual([
    { epoch: 5, hasMomentum: true },
    { epoch: 3, hasMomentum: false },
  ])
})
