import { z } from 'zod'
import { ErrorClass } from '../errors.ts'
import { SplitName } from '../datasets/dataset.ts'
import { ExperimentConfig } from './experiment-config.ts'
import { JsonNumber } from '../http/json-number.ts'
import { KeptModel } from './model.ts'

export const ExperimentId = z
  .string()
  .regex(/^[0-9a-z]{16,32}$/)
  .describe('sorts by creation time')

export const ExperimentState = z
  .enum(['queued', 'running', 'pausing', 'paused', 'canceling', 'completed', 'failed', 'canceled'])
  .meta({ id: 'ExperimentState' })
export type ExperimentState = z.infer<typeof ExperimentState>

/** States that never change again. */
export const TERMINAL_STATES: readonly ExperimentState[] = ['completed', 'failed', 'canceled']
export const isTerminal = (state: ExperimentState): boolean => TERMINAL_STATES.includes(state)

export const StateReason = z
  .enum([
    'submitted',
    'forked',
    'claimed',
    'pause_requested',
    'paused_by_user',
    'resumed',
    'cancel_requested',
    'canceled_by_user',
    'finished',
    'stopped_early',
    'user_error',
    'infrastructure_error',
    'time_limit',
    'worker_lost',
    'drained',
    'retry',
  ])
  .meta({ id: 'StateReason' })
export type StateReason = z.infer<typeof StateReason>

export const Phase = z.enum(['waiting', 'download', 'decode', 'prepare', 'train', 'evaluate', 'checkpoint', 'done']).meta({ id: 'Phase' })
export type Phase = z.infer<typeof Phase>

export const Progress = z
  .object({
    phase: Phase,
    phaseFraction: z.number().min(0).max(1),
    epoch: z.int().describe('the epoch being worked on, from 1; 0 before the first'),
    epochs: z.int(),
    step: z.int().describe('steps done in this epoch'),
    stepsPerEpoch: z.int(),
    fraction: z.number().min(0).max(1).describe('of all steps'),
    secondsPerEpoch: z.number().nullable().describe('with its evaluation: of the latest epochs; an estimate before the first one'),
    etaSeconds: z.number().nullable().describe('estimated time until it ends; of a queued one including its wait'),
  })
  .meta({ id: 'Progress' })
export type Progress = z.infer<typeof Progress>

/** One epoch's results. `loss` is the plain mean of its steps' losses, as the notebook prints it. */
export const Epoch = z
  .object({
    epoch: z.int().describe('counts from 1'),
    loss: JsonNumber,
    accuracy: JsonNumber.describe('share of the train images that were classified right in their step'),
    seconds: z.number().describe('of training, without evaluation'),
    evalSplit: SplitName.nullable(),
    evalLoss: JsonNumber.nullable(),
    evalAccuracy: JsonNumber.nullable(),
    evalTop5Accuracy: JsonNumber.nullable(),
    weightsHash: z.string().nullable().describe('of all weights after the epoch'),
    at: z.iso.datetime(),
    attempt: z.int().describe('the attempt that wrote it, from 1; 0: copied from the experiment that this one was forked from'),
  })
  .meta({ id: 'Epoch' })
export type Epoch = z.infer<typeof Epoch>

export const EpochList = z.object({ items: z.array(Epoch) }).meta({ id: 'EpochList' })
export type EpochList = z.infer<typeof EpochList>

export const Engine = z
  .object({
    name: z.string().describe('build of TensorFlow: native or prebuilt'),
    version: z.string().describe("TensorFlow's version"),
    device: z.string(),
    threads: z.int(),
  })
  .meta({ id: 'Engine' })
export type Engine = z.infer<typeof Engine>

export const AttemptOutcome = z
  .enum(['completed', 'failed', 'canceled', 'paused', 'worker_lost', 'drained', 'infrastructure_error'])
  .meta({ id: 'AttemptOutcome' })
export type AttemptOutcome = z.infer<typeof AttemptOutcome>

/** Epochs that an attempt ran again because the one before it was lost after its last checkpoint. */
export const RepeatedEpochs = z
  .object({
    firstEpoch: z.int(),
    lastEpoch: z.int(),
    matched: z.boolean().describe('losses and weights are the same as before, bit for bit'),
  })
  .meta({ id: 'RepeatedEpochs' })
export type RepeatedEpochs = z.infer<typeof RepeatedEpochs>

export const Attempt = z
  .object({
    number: z.int(),
    workerId: z.string(),
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
    outcome: AttemptOutcome.nullable(),
    resumedFromEpoch: z.int().nullable().describe('0: from the start; null: not known yet'),
    repeated: RepeatedEpochs.nullable().describe('null: it repeated none'),
    engine: Engine.nullable(),
    environmentChanged: z.boolean().describe('engine, device or threads differ from the attempt before'),
  })
  .meta({ id: 'Attempt' })
export type Attempt = z.infer<typeof Attempt>

export const ExperimentError = z
  .object({ class: ErrorClass, code: z.string(), message: z.string(), advice: z.string() })
  .meta({ id: 'ExperimentError' })
export type ExperimentError = z.infer<typeof ExperimentError>

export const Transition = z.object({ state: ExperimentState, reason: StateReason, at: z.iso.datetime() }).meta({ id: 'Transition' })
export type Transition = z.infer<typeof Transition>

/** Where an experiment comes from. */
export const Parent = z
  .object({
    id: ExperimentId,
    epoch: z.int().describe('the epoch whose weights it began with; 0: from the start, as a retry does'),
  })
  .meta({ id: 'Parent' })
export type Parent = z.infer<typeof Parent>

/** How a replay compares with what it runs again. */
export const Replay = z
  .object({
    of: ExperimentId,
    comparedEpochs: z.int(),
    difference: z
      .object({ epoch: z.int(), layer: z.int().nullable().describe('the first layer whose weights differ, from 1; null: only losses do') })
      .nullable()
      .describe('the first one; null: equal so far, bit for bit'),
  })
  .meta({ id: 'Replay' })
export type Replay = z.infer<typeof Replay>

/** An epoch that a fork can begin from. */
export const ForkPoint = z
  .object({
    epoch: z.int(),
    kind: z.enum(['checkpoint', 'model']).describe('a checkpoint has weights and momentum, a model only weights'),
  })
  .meta({ id: 'ForkPoint' })
export type ForkPoint = z.infer<typeof ForkPoint>

export const ThrottledBy = z.enum(['owner', 'sweep']).meta({ id: 'ThrottledBy' })
export type ThrottledBy = z.infer<typeof ThrottledBy>

export const Experiment = z
  .object({
    id: ExperimentId,
    name: z.string().nullable(),
    tags: z.array(z.string()),
    notes: z.string().nullable(),
    owner: z.string().nullable().describe('of the API key that submitted it; null where none was needed'),
    sweep: z
      .object({ id: z.string(), trial: z.int().describe('counts from 1') })
      .nullable()
      .describe('the sweep that it is a trial of'),
    state: ExperimentState,
    reason: StateReason,
    throttledBy: ThrottledBy.nullable().describe(
      'it waits until one of the same owner or sweep has ended: the limit of running experiments is reached',
    ),
    config: ExperimentConfig,
    configHash: z.string(),
    priority: z.int(),
    pool: z.string(),
    parent: Parent.nullable(),
    replay: Replay.nullable().describe('null: not a replay'),
    queuePosition: z.int().nullable().describe('1 is next; null when not queued, or throttled'),
    startsInSeconds: z
      .number()
      .nullable()
      .describe('estimated wait; null when it has no position in the queue, or no live worker serves its pool'),
    progress: Progress,
    latest: Epoch.nullable(),
    best: Epoch.nullable().describe('epoch with the highest evalAccuracy, else the lowest loss; a fork counts its own epochs'),
    model: KeptModel.nullable().describe('the trained model that was kept, once it has completed'),
    forkPoints: z.array(ForkPoint).describe('what a fork can begin from, newest first'),
    engine: Engine.nullable(),
    datasetHash: z.string().nullable(),
    attempts: z.array(Attempt),
    transitions: z.array(Transition),
    error: ExperimentError.nullable(),
    warnings: z.array(z.string()),
    createdAt: z.iso.datetime(),
    startedAt: z.iso.datetime().nullable(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Experiment' })
export type Experiment = z.infer<typeof Experiment>

export const ExperimentPage = z.object({ items: z.array(Experiment), nextPageToken: z.string().nullable() }).meta({ id: 'ExperimentPage' })
export type ExperimentPage = z.infer<typeof ExperimentPage>

/** Equal where an epoch that was computed again came out with the same numbers. */
export function epochNumbers({ loss, accuracy, evalLoss, evalAccuracy, evalTop5Accuracy }: Epoch): string {
  return JSON.stringify([loss, accuracy, evalLoss, evalAccuracy, evalTop5Accuracy])
}

type ComparedEpoch = Pick<Epoch, 'loss' | 'evalAccuracy'>

/** The epoch that counts as best: highest evalAccuracy where measured, else lowest loss; the earlier one on a tie. */
export function isBetterEpoch(candidate: ComparedEpoch, best: ComparedEpoch | null): boolean {
  if (!best) return true
  if (candidate.evalAccuracy !== null && best.evalAccuracy !== null) return Number(candidate.evalAccuracy) > Number(best.evalAccuracy)
  return Number(candidate.loss) < Number(best.loss)
}
