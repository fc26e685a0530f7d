import type { Epoch, Experiment } from '@trainyard/contracts'
import { expect, test } from 'vitest'
import { newExperiment } from '@trainyard/testing/experiments/new-experiment'
import { testEpoch } from '@trainyard/testing/experiments/test-epoch'
import { checkHistory } from './check-history.ts'
import type { Evidence } from './evidence.ts'
import type { Ended } from './final-state.ts'
import { type Call, createHistory } from './history.ts'

const at = (seconds: number): string => new Date(Date.UTC(2026, 0) + 1000 * seconds).toISOString()
const ms = (seconds: number): number => Date.parse(at(seconds))
const { config } = newExperiment({ epochs: 2 })

const attempt = (number: number, fields: Partial<Experiment['attempts'][number]> = {}): Experiment['attempts'][number] => ({
  ...{ number, workerId: `worker-${number}`, startedAt: at(10 * number), endedAt: at(10 * number + 9), outcome: 'completed' },
  ...{ resumedFromEpoch: 0, repeated: null, engine: null, environmentChanged: false },
  ...fields,
})
const epoch = (number: number, fields: Partial<Epoch> = {}): Epoch => ({ ...testEpoch(number), at: at(11 + number), attempt: 1, ...fields })
const call = (fields: Partial<Call> = {}): Call => ({
  ...{ operation: 'submit', subject: 'first', outcome: 'ok', code: null, id: 'a', invokedAtMs: ms(0), endedAtMs: ms(1) },
  ...fields,
})
const QUEUED = { state: 'queued', reason: 'submitted', at: at(1) } as const
const RUNNING = { state: 'running', reason: 'claimed', at: at(10) } as const
const COMPLETED = { state: 'completed', reason: 'finished', at: at(19) } as const

const CANCELED: Partial<Ended['experiment']> = {
  ...{ state: 'canceled', attempts: [], latest: null },
  transitions: [QUEUED, { state: 'canceled', reason: 'canceled_by_user', at: at(5) }],
}

/** One experiment, submitted once and completed by its first attempt. */
function ended({ epochs = [epoch(1), epoch(2)], losses = [2, 1], model = 'a hash', ...fields }: Partial<Ended> = {}): Ended {
  const experiment = { id: 'a', name: 'first', state: 'completed', config, model: null, latest: epochs.at(-1) ?? null } as const
  const life = { attempts: [attempt(1)], transitions: [QUEUED, RUNNING, COMPLETED] }
  return { epochs, losses, model, experiment: { ...experiment, ...life, ...fields.experiment } }
}
const experiment = (fields: Partial<Ended['experiment']>): Ended => ended({ experiment: { ...ended().experiment, ...fields } })

function evidence(fields: Partial<Evidence> & { calls?: Call[] } = {}): Evidence {
  const { calls = [call()], ...rest } = fields
  return {
    history: { ...createHistory(), calls },
    ended: [ended()],
    references: [ended()],
    read: [],
    mostLostAttempts: 0,
    clockWasSet: false,
    ...rest,
  }
}

test('checkHistory() — an undisturbed run breaks no law', () => {
  const { counts, violations } = checkHistory(evidence({ read: [ended().experiment] }))
  expect(violations).toEqual([])
  expect(counts).toEqual({
    ...{ calls: 1, unanswered: 0, acknowledged: 1, completed: 1, lost: 0, duplicated: 0, recovered: 0 },
    ...{ epochs: 2, epochsMissing: 0, epochsDoubled: 0, epochsDiffering: 0, epochsStale: 0, attemptsLost: 0, longestOwnerlessMs: 9000 },
  })
})

const second = { id: 'b', name: 'first' }
const other = { outcome: 'worker_lost', endedAt: at(19) } as const
test.each<[string, Evidence, Partial<ReturnType<typeof checkHistory>['counts']>, RegExp]>([
  ['not there', evidence({ ended: [] }), { lost: 1 }, /acknowledged as a, and is not there/],
  ['failed', evidence({ ended: [experiment({ state: 'failed' })] }), { lost: 1 }, /and is failed/],
  ['canceled without a call', evidence({ ended: [experiment({ state: 'canceled' })] }), { lost: 1 }, /and is canceled/],
  ['made twice', evidence({ ended: [ended(), experiment(second)] }), { duplicated: 1 }, /is there 2 times/],
  ['acknowledged twice', evidence({ calls: [call(), call({ id: 'b' })] }), {}, /acknowledged as a and b/],
  ['never submitted', evidence({ calls: [] }), { duplicated: 1 }, /was never submitted/],
  ['refused and made', evidence({ calls: [call({ outcome: 'refused', id: null })] }), {}, /was refused, and is there/],
  ['an epoch missing', evidence({ ended: [ended({ epochs: [epoch(1)] })] }), { epochsMissing: 1 }, /1 epochs missing/],
  ['a gap', evidence({ ended: [ended({ epochs: [epoch(2)] })] }), { epochsMissing: 1 }, /1 epochs missing/],
  ['an epoch twice', evidence({ ended: [ended({ epochs: [epoch(1), epoch(2), epoch(2)] })] }), { epochsDoubled: 1 }, /1 twice/],
  ['another loss', evidence({ ended: [ended({ epochs: [epoch(1), epoch(2, { loss: 1 })] })] }), { epochsDiffering: 1 }, /1 other than/],
  [
    'other weights',
    evidence({ ended: [ended({ epochs: [epoch(1), epoch(2, { weightsHash: 'b' })] })] }),
    { epochsDiffering: 1 },
    /1 other than/,
  ],
  ['a late write', evidence({ ended: [ended({ epochs: [epoch(1), epoch(2, { at: at(25) })] })] }), { epochsStale: 1 }, /1 of an attempt/],
  [
    "a stranger's write",
    evidence({ ended: [ended({ epochs: [epoch(1), epoch(2, { attempt: 7 })] })] }),
    { epochsStale: 1 },
    /1 of an attempt/,
  ],
  ["other steps' losses", evidence({ ended: [ended({ losses: [2, 2] })] }), {}, /other losses of steps/],
  ['another model', evidence({ ended: [ended({ model: 'other' })] }), {}, /another model/],
  [
    'two completed attempts',
    evidence({ ended: [experiment({ attempts: [attempt(1), attempt(2)] })] }),
    {},
    /ended as completed, completed/,
  ],
  ['completed by a lost attempt', evidence({ ended: [experiment({ attempts: [attempt(1, other)] })] }), {}, /ended as worker_lost/],
  ['an attempt without an end', evidence({ ended: [experiment({ attempts: [attempt(1, { endedAt: null })] })] }), {}, /has no end/],
  [
    'two attempts at once',
    evidence({ ended: [experiment({ attempts: [attempt(1, other), attempt(2, { startedAt: at(15) })] })] }),
    {},
    /attempt 2 began while 1 went on/,
  ],
  ['a forbidden transition', evidence({ ended: [experiment({ transitions: [QUEUED, COMPLETED] })] }), {}, /from queued to completed/],
  ['a transition missing', evidence({ ended: [experiment({ transitions: [QUEUED, RUNNING] })] }), {}, /last transition was to running/],
  ['a cancel forgotten', evidence({ calls: [call(), call({ operation: 'cancel', subject: 'a' })] }), {}, /1 × cancel acknowledged, and 0/],
  ['a pause forgotten', evidence({ calls: [call(), call({ operation: 'pause', subject: 'a' })] }), {}, /1 × pause acknowledged, and 0/],
  ['read, and gone', evidence({ read: [{ ...ended().experiment, id: 'c' }] }), {}, /c: was read, and is gone/],
  [
    'an attempt taken back',
    evidence({ read: [experiment({ attempts: [attempt(1), attempt(2)] }).experiment] }),
    {},
    /attempt 2 was taken back/,
  ],
  ['an epoch taken back', evidence({ read: [experiment({ latest: epoch(3) }).experiment] }), {}, /epoch 3 was taken back/],
  [
    'a transition taken back',
    evidence({ read: [experiment({ transitions: [QUEUED, { ...RUNNING, at: at(9) }] }).experiment] }),
    {},
    /a transition was taken back/,
  ],
  [
    'an attempt lost',
    evidence({ ended: [experiment({ attempts: [attempt(1, other), attempt(2)] })] }),
    { attemptsLost: 1 },
    /ended as worker_lost/,
  ],
  ['a fault seen meanwhile', { ...evidence(), history: { ...evidence().history, faults: ['seen'] } }, {}, /seen/],
])('checkHistory() — catches %s', (_what, given, counts, violation) => {
  const verdict = checkHistory(given)
  expect(verdict.violations).toEqual(expect.arrayContaining([expect.stringMatching(violation)]))
  expect(verdict.counts).toMatchObject(counts)
})

test.each<[string, Evidence, object]>([
  ['a repeat found what was never acknowledged', evidence({ calls: [call({ outcome: 'unknown', id: null }), call()] }), { recovered: 1 }],
  ['nothing came of an unknown call', evidence({ calls: [call(), call({ subject: 'other', outcome: 'unknown', id: null })] }), { lost: 0 }],
  [
    'what was refused is not there',
    evidence({ calls: [call(), call({ subject: 'other', outcome: 'refused', id: null })] }),
    { duplicated: 0 },
  ],
  [
    'a user canceled it, and got no answer',
    evidence({
      calls: [call(), call({ operation: 'cancel', subject: 'a', outcome: 'unknown' })],
      ended: [ended({ epochs: [], experiment: { ...ended().experiment, ...CANCELED } })],
    }),
    { lost: 0, completed: 0 },
  ],
])('checkHistory() — allows that %s', (_what, given, counts) => {
  const verdict = checkHistory(given)
  expect(verdict.violations).toEqual([])
  expect(verdict.counts).toMatchObject(counts)
})
