import type { Experiment } from '@trainyard/client'
import { Epoch } from '@trainyard/contracts'
import { expect, test } from 'vitest'
import { testEpoch } from '@trainyard/testing/experiments/test-epoch'
import { commandsFor } from './run-actions.ts'

const latest = Epoch.parse({ ...testEpoch(1), at: '2026-01-02T03:04:05.000Z', attempt: 1 })
const checkpoint: Experiment['forkPoints'] = [{ epoch: 1, kind: 'checkpoint' }]

test.each([
  ['queued', [], null, ['pause', 'cancel']],
  ['running', checkpoint, latest, ['pause', 'cancel', 'fork']],
  ['pausing', [], latest, ['cancel']],
  ['paused', checkpoint, latest, ['resume', 'cancel', 'fork']],
  ['canceling', [], latest, []],
  ['completed', [], latest, ['retry', 'replay']],
  ['failed', [], null, ['retry']],
  ['canceled', checkpoint, latest, ['retry', 'replay', 'fork']],
] as const)('%s', (state, forkPoints, epoch, commands) => {
  expect(commandsFor({ state, forkPoints: [...forkPoints], latest: epoch })).toEqual(commands)
})
