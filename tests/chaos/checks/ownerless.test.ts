import { expect, test } from 'vitest'
import { newExperiment } from '@trainyard/testing/experiments/new-experiment'
import type { Ended } from './final-state.ts'
import { ownerlessPeriods } from './ownerless.ts'

const at = (seconds: number): string => new Date(1000 * seconds).toISOString()
const transition = (state: 'queued' | 'running' | 'completed', seconds: number) => ({ state, reason: 'claimed', at: at(seconds) }) as const
const attempt = (number: number, times: { startedAt: string; endedAt: string }) => ({
  ...{ number, workerId: `worker-${number}`, outcome: number === 1 ? ('worker_lost' as const) : ('completed' as const), ...times },
  ...{ resumedFromEpoch: 0, repeated: null, engine: null, environmentChanged: false },
})

/** Submitted at 100, claimed at 102; its lease ran out at 150, and another worker claimed it at 160. */
const lost: Ended = {
  experiment: {
    ...{ id: 'a', name: 'first', state: 'completed', config: newExperiment().config, latest: null, model: null },
    attempts: [attempt(1, { startedAt: at(102), endedAt: at(150) }), attempt(2, { startedAt: at(160), endedAt: at(170) })],
    transitions: [
      transition('queued', 100),
      transition('running', 102),
      transition('queued', 150),
      transition('running', 160),
      transition('completed', 170),
    ],
  },
  epochs: [],
  losses: [],
  model: null,
}
const nothing = { losses: [], workers: new Map([['worker-1', 7]]), slots: [], redisAway: [] }
const longest = (seen: Partial<typeof nothing | Parameters<typeof ownerlessPeriods>[1]> = {}) =>
  ownerlessPeriods([lost], { ...nothing, ...seen })[0]?.ms

test.each<[string, number, Partial<Parameters<typeof ownerlessPeriods>[1]>]>([
  ['in the queue, where no loss of the worker was seen', 10_000, {}],
  [
    "from the worker's death, the last one before its lease ran out",
    30_000,
    {
      losses: [
        { pid: 7, atMs: 110_000 },
        { pid: 7, atMs: 130_000 },
      ],
    },
  ],
  ["not from another process's death", 10_000, { losses: [{ pid: 8, atMs: 130_000 }] }],
  ['not while Redis is away', 23_000, { losses: [{ pid: 7, atMs: 130_000 }], redisAway: [{ fromMs: 145_000, toMs: 152_000 }] }],
  [
    'not in the queue without a free slot',
    24_000,
    {
      losses: [{ pid: 7, atMs: 130_000 }],
      slots: [
        { atMs: 140_000, free: 0 },
        { atMs: 156_000, free: 1 },
      ],
    },
  ],
  [
    'not twice without what is left out twice',
    27_000,
    {
      losses: [{ pid: 7, atMs: 130_000 }],
      slots: [
        { atMs: 151_000, free: 0 },
        { atMs: 154_000, free: 2 },
      ],
      redisAway: [{ fromMs: 152_000, toMs: 153_000 }],
    },
  ],
])('ownerlessPeriods() — counts %s', (_what, expected, seen) => {
  expect(longest(seen)).toBe(expected)
})

test('ownerlessPeriods() — the first wait counts, too', () => {
  expect(ownerlessPeriods([lost], nothing).map(({ ms }) => ms)).toEqual([10_000, 2000])
})
