import { expect, test } from 'vitest'
import { testExperiment } from '@trainyard/testing/services/stub-service'
import { statusLines } from './watch-live.ts'

const plain = { style: (_format: string, text: string): string => text }

test('statusLines() — the curve, then the state and how far it is', () => {
  const progress = { ...testExperiment.progress, phase: 'train' as const, epoch: 3, step: 4, fraction: 0.5, etaSeconds: 61 }
  expect(statusLines({ state: 'running', progress, losses: [4, 3, 2], connected: true }, plain)).toEqual([
    'loss █▅▁',
    'running  epoch 3/30  ████████░░░░░░░░  50 %  train 4/16  61 s left',
  ])
})

test('statusLines() — says that the connection is lost, and has no curve of one point', () => {
  expect(statusLines({ state: 'running', progress: null, losses: [4], connected: false }, plain)).toEqual([
    'the connection is lost; trying again',
  ])
})
