import { Trial } from '@trainyard/contracts'
import { expect, test } from 'vitest'
import { formatSweep } from './format-sweep.ts'

const trial = (number: number, state: 'running' | 'canceled' | 'completed' | null): Trial =>
  Trial.parse({
    ...{ trial: number, experimentId: state && `000000000000000${number}`, fields: { lr: 0.01 }, state, reason: null, finishedAt: null },
    epochs: 1,
    best: null,
    value: null,
    stopped: null,
  })
const words = (sweep: { state: 'running' | 'canceled' | 'completed'; items: Trial[] }): string =>
  formatSweep({
    strategy: 'random',
    objective: 'loss',
    trials: sweep.items.length,
    best: null,
    epochsSaved: 0,
    ...sweep,
    created: sweep.items.filter(({ state }) => state !== null).length,
    ended: sweep.items.filter(({ state }) => state !== null && state !== 'running').length,
  })

test('while it runs: how many have ended', () => {
  expect(words({ state: 'running', items: [trial(1, 'completed'), trial(2, 'running'), trial(3, null)] })).toContain(
    '1 have ended, 1 running.',
  )
  expect(words({ state: 'completed', items: [trial(1, 'completed'), trial(2, 'completed')] })).toContain('all have ended.')
})

test('canceled before all trials were made: those that were have ended, and no more come', () => {
  expect(words({ state: 'canceled', items: [trial(1, 'canceled'), trial(2, 'running'), trial(3, null)] })).toContain(
    '1 have ended, 1 running.',
  )
  expect(words({ state: 'canceled', items: [trial(1, 'canceled'), trial(2, 'canceled'), trial(3, null)] })).toContain(
    'all that were created have ended, 1 never was.',
  )
})
