import type { Attempt } from '@trainyard/contracts'
import { expect, test } from 'vitest'
import { historyOf } from './history.ts'

const time = (second: number): string => `2026-01-02T03:04:0${second}.000Z`
const engine = { name: 'native', version: '2.20.0', device: 'cpu', threads: 2 }
const attempt: Attempt = {
  number: 1,
  workerId: 'w1',
  startedAt: time(2),
  endedAt: time(5),
  outcome: 'worker_lost',
  resumedFromEpoch: 0,
  repeated: null,
  engine,
  environmentChanged: false,
}

test('changes of state and attempts stand in one list, by time', () => {
  const repeated = { firstEpoch: 3, lastEpoch: 4, matched: true }
  const again: Attempt = {
    ...attempt,
    number: 2,
    startedAt: time(7),
    outcome: null,
    engine: null,
    resumedFromEpoch: 2,
    repeated,
    environmentChanged: true,
  }
  const history = historyOf({
    transitions: [
      { state: 'queued', reason: 'submitted', at: time(1) },
      { state: 'running', reason: 'claimed', at: time(2) },
      { state: 'queued', reason: 'worker_lost', at: time(6) },
    ],
    attempts: [attempt, again],
  })
  expect(history.map(({ words }) => words)).toEqual([
    'queued: submitted',
    'running: claimed by a worker',
    'attempt 1: worker lost',
    'queued: its worker was lost',
    'attempt 2: under way',
  ])
  expect(history[2]?.details).toEqual(['worker w1', 'TensorFlow 2.20.0 (native) on cpu, 2 threads', 'began from the start'])
  expect(history[4]?.details.slice(1)).toEqual([
    'resumed from epoch 2',
    'ran epochs 3 to 4 again, to the same bits',
    'another environment than the attempt before: last digits may differ',
  ])
})
