import { z } from 'zod'
import { Epoch, ExperimentId, ExperimentState, StateReason } from '../experiments/experiment.ts'
import { RunFields, TrainingFields } from '../experiments/experiment-config.ts'
import { JsonNumber } from '../http/json-number.ts'
import { plainText } from '../http/plain-text.ts'

export const MAX_TRIALS = 1000

const { name: _name, notes: _notes, priority, pool, ...runFields } = RunFields.shape

/** An experiment's fields that are a trial's own; the others are the sweep's. */
export const TrialConfig = z.strictObject({ ...TrainingFields.shape, ...runFields })

/** Fields of a config that a sweep may vary. */
export const SweptField = z.enum(Object.keys(TrialConfig.shape))
const FieldValue = z.union([z.number(), z.string().max(100), z.boolean(), z.array(z.int()).max(64)])

const FieldValues = z.strictObject({ values: z.array(FieldValue).min(1).max(MAX_TRIALS) })
const FieldRange = z.strictObject({
  min: z.number(),
  max: z.number(),
  scale: z.enum(['linear', 'log']).default('linear').describe('log: uniform in the logarithm, for numbers above 0'),
  integer: z.boolean().optional().describe('whole numbers only (default: where the field has no others)'),
})

/** What a field is tried with. */
export const FieldSpace = z.union([FieldValues, FieldRange])
export type FieldSpace = z.infer<typeof FieldSpace>

export const SweepStrategy = z
  .enum(['grid', 'random', 'asha'])
  .describe('grid: every combination of values; random: drawn for each trial; asha: random, and the worst trials are stopped early')
export type SweepStrategy = z.infer<typeof SweepStrategy>

/** What a sweep optimises: accuracies are maximised, losses minimised. */
export const Objective = z.enum(['evalAccuracy', 'evalLoss', 'accuracy', 'loss'])
export type Objective = z.infer<typeof Objective>
export const isMaximised = (objective: Objective): boolean => objective === 'evalAccuracy' || objective === 'accuracy'

export const Asha = z.strictObject({
  minEpochs: z.int().min(1).max(10_000).default(1).describe('epochs of the first rung: no trial is stopped before it'),
  reductionFactor: z
    .int()
    .min(2)
    .max(16)
    .default(3)
    .describe('the best 1/reductionFactor of the trials continue from each rung to the next, which is reductionFactor times as far'),
})
export type Asha = z.infer<typeof Asha>

/** The body of POST /sweeps. */
export const SweepRequest = z
  .strictObject({
    name: plainText().max(200).optional().describe('a name for people'),
    preset: z.literal('norm-lab').optional().describe('norms × positions × depths with one seed: space and strategy have defaults for it'),
    base: TrialConfig.partial().default({}).describe('what all trials have in common: fields of an experiment'),
    space: z.partialRecord(SweptField, FieldSpace).default({}).describe('what varies: per field its values, or a range to draw from'),
    strategy: SweepStrategy.default('random'),
    objective: Objective.optional().describe('default: evalAccuracy, or loss where nothing is evaluated'),
    trials: z.int().min(1).max(MAX_TRIALS).optional().describe('how many are drawn (default 20); a grid has as many as combinations'),
    maxConcurrent: z.int().min(1).max(MAX_TRIALS).default(MAX_TRIALS).describe('how many run at once'),
    seed: z.int().min(0).max(0xffff_ffff).default(0).describe('seed of the draws: equal seeds give equal trials'),
    asha: Asha.default(Asha.parse({})).describe('when trials are stopped early, with strategy asha'),
    priority,
    pool,
  })
  .meta({ id: 'SweepRequest' })
export type SweepRequest = z.infer<typeof SweepRequest>

export const SweepState = z.enum(['running', 'completed', 'canceled']).meta({ id: 'SweepState' })
export type SweepState = z.infer<typeof SweepState>

/** The fields in which a trial differs from the others. */
export const TrialFields = z.record(z.string(), FieldValue)
export type TrialFields = z.infer<typeof TrialFields>

/** Why a trial was stopped early: it was not among the best at a rung. */
export const EarlyStop = z
  .object({
    epoch: z.int().describe('of the rung'),
    value: JsonNumber.nullable().describe('of the objective there'),
    place: z.int().describe('rank among the trials that had reached the rung, from 1'),
    of: z.int().describe('trials that had reached the rung'),
    best: z.int().describe('how many of them continue'),
  })
  .meta({ id: 'EarlyStop' })
export type EarlyStop = z.infer<typeof EarlyStop>

export const Trial = z
  .object({
    trial: z.int().describe('counts from 1'),
    experimentId: ExperimentId.nullable().describe('null: not created yet'),
    fields: TrialFields,
    state: ExperimentState.nullable(),
    reason: StateReason.nullable(),
    finishedAt: z.iso.datetime().nullable(),
    epochs: z.int().describe('done'),
    best: Epoch.nullable().describe('by the objective, of those done'),
    value: JsonNumber.nullable().describe('of the objective in that epoch'),
    stopped: EarlyStop.nullable(),
  })
  .meta({ id: 'Trial' })
export type Trial = z.infer<typeof Trial>

export const SweepSummary = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    owner: z.string().nullable(),
    state: SweepState,
    strategy: SweepStrategy,
    objective: Objective,
    trials: z.int(),
    created: z.int().describe('trials that are experiments by now'),
    ended: z.int().describe('trials that have ended'),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'SweepSummary' })
export type SweepSummary = z.infer<typeof SweepSummary>

export const Sweep = SweepSummary.extend({
  request: SweepRequest,
  best: z.int().nullable().describe('the best trial so far'),
  epochsSaved: z.int().describe('epochs that early stops have saved'),
  items: z.array(Trial).describe('in the order of their numbers'),
}).meta({ id: 'Sweep' })
export type Sweep = z.infer<typeof Sweep>

export const SweepPage = z.object({ items: z.array(SweepSummary), nextPageToken: z.string().nullable() }).meta({ id: 'SweepPage' })
export type SweepPage = z.infer<typeof SweepPage>

export const SweepPlan = z
  .object({
    strategy: SweepStrategy,
    objective: Objective,
    trials: z.int(),
    items: z.array(z.object({ trial: z.int(), fields: TrialFields })),
  })
  .meta({ id: 'SweepPlan' })
export type SweepPlan = z.infer<typeof SweepPlan>

/** One row of a norm lab's paired table. */
export const NormLabRow = z
  .object({
    depth: z.int(),
    norm: z.string(),
    normPosition: z.string().nullable(),
    experimentId: ExperimentId.nullable(),
    state: ExperimentState.nullable(),
    loss: JsonNumber.nullable().describe('of the last epoch'),
    evalAccuracy: JsonNumber.nullable().describe('of the best epoch'),
    outputNorm: JsonNumber.nullable().describe('of the last hidden layer, in the last epoch'),
    lossDifference: JsonNumber.nullable().describe('to no norm at the same depth'),
    evalAccuracyDifference: JsonNumber.nullable(),
  })
  .meta({ id: 'NormLabRow' })
export type NormLabRow = z.infer<typeof NormLabRow>

const Paired = z.object({ mean: z.number(), standardError: z.number().nullable().describe('null: only one depth'), depths: z.int() })

export const NormLabTable = z
  .object({
    items: z.array(NormLabRow),
    differences: z
      .array(z.object({ norm: z.string(), normPosition: z.string().nullable(), loss: Paired.nullable(), evalAccuracy: Paired.nullable() }))
      .describe('to no norm, over the depths that have both: their mean and its standard error'),
  })
  .meta({ id: 'NormLabTable' })
export type NormLabTable = z.infer<typeof NormLabTable>
