import {
  EarlyStop,
  type Epoch,
  ExperimentState,
  isMaximised,
  type JsonNumber,
  Objective,
  StateReason,
  type Sweep,
  SweepRequest,
  SweepState,
  SweepStrategy,
  type SweepSummary,
  type Trial,
  TrialFields,
} from '@trainyard/contracts'
import { z } from 'zod'
import { epochFrom } from '../experiments/epoch-json.ts'
import { json, time } from '../redis/hash-fields.ts'

/** The hash `sweep:<id>`. */
export const SweepRecord = z.object({
  id: z.string(),
  name: z.string().nullable().default(null),
  owner: z.string().nullable().default(null),
  state: SweepState,
  strategy: SweepStrategy,
  objective: Objective,
  trials: z.coerce.number(),
  ended: z.coerce.number(),
  epochs: z.coerce.number(),
  createdAt: time,
  finishedAt: time.nullable().default(null),
  request: json(SweepRequest),
  fields: json(z.array(TrialFields)),
})
export type SweepRecord = z.infer<typeof SweepRecord>

/** What a sweep needs of a trial's experiment: the fields state, reason, finishedAt, latest and stopEarly of its record. */
export const TrialRecord = z
  .tuple([z.string().nullable(), z.string().nullable(), time.nullable(), z.string().nullable(), z.string().nullable()])
  .transform(([state, reason, finishedAt, latest, stopEarly]) => ({
    finishedAt,
    state: state === null ? null : ExperimentState.parse(state),
    reason: reason === null ? null : StateReason.parse(reason),
    latest: latest === null ? null : epochFrom(latest),
    stopped: stopEarly === null ? null : EarlyStop.parse(JSON.parse(stopEarly)),
  }))
export type TrialRecord = z.infer<typeof TrialRecord>

export function summaryOf(record: SweepRecord, created: number): SweepSummary {
  const { request: _request, fields: _fields, epochs: _epochs, ...summary } = record
  return { ...summary, created }
}

export function sweepFrom(record: SweepRecord, trials: readonly Trial[]): Sweep {
  const created = trials.filter(({ experimentId }) => experimentId !== null).length
  const saved = trials.filter(({ stopped }) => stopped !== null).map(({ epochs }) => record.epochs - epochs)
  return {
    ...summaryOf(record, created),
    request: record.request,
    best: bestTrial(trials, record.objective),
    epochsSaved: saved.reduce((sum, each) => sum + each, 0),
    items: [...trials],
  }
}

/** The best epoch by the objective; the earlier one on a tie, NaN never. */
export function bestEpoch(epochs: readonly Epoch[], objective: Objective): Epoch | null {
  let best: Epoch | null = null
  for (const epoch of epochs)
    if (Number.isFinite(Number(epoch[objective] ?? 'NaN')) && (best === null || isBetter(epoch[objective], best[objective], objective)))
      best = epoch
  return best
}

function bestTrial(trials: readonly Trial[], objective: Objective): number | null {
  const known = trials.filter(({ value }) => value !== null && Number.isFinite(Number(value)))
  const [best] = known.toSorted((a, b) =>
    isBetter(a.value, b.value, objective) ? -1 : isBetter(b.value, a.value, objective) ? 1 : a.trial - b.trial,
  )
  return best?.trial ?? null
}

const isBetter = (a: JsonNumber | null, b: JsonNumber | null, objective: Objective): boolean =>
  isMaximised(objective) ? Number(a) > Number(b) : Number(a) < Number(b)
