import {
  Attempt,
  CheckpointInfo,
  EarlyStop,
  Engine,
  type Experiment,
  ExperimentConfig,
  ExperimentError,
  ExperimentState,
  isTerminal,
  type ForkPoint,
  Parent,
  Progress,
  Replay,
  StateReason,
  StoredModel,
} from '@trainyard/contracts'
import { z } from 'zod'
import { epochFrom } from './epoch-json.ts'
import { json, time } from '../redis/hash-fields.ts'
import { CostEstimate } from '../eta/cost-estimate.ts'

const atMs = z.codec(z.number(), z.iso.datetime(), { decode: (ms) => new Date(ms).toISOString(), encode: (at) => Date.parse(at) })
const maybe = <T>(schema: z.ZodType<T>) => schema.optional().transform((value) => value ?? null)
const epoch = z.string().transform(epochFrom)

/** What a fork, or a run with initial weights, begins with, in the folder of starts that is named for its token. */
export const InitialCheckpoint = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('checkpoint'),
    token: z.string(),
    ...CheckpointInfo.shape,
    configHash: z.string().describe("the parent's"),
    keepMomentum: z.boolean(),
  }),
  z.object({ kind: z.literal('model'), token: z.string(), epoch: z.int() }),
  z.object({ kind: z.literal('weights'), token: z.string(), file: z.string(), epoch: z.literal(0) }),
])
export type InitialCheckpoint = z.infer<typeof InitialCheckpoint>

/** The hash `experiment:<id>`: text as it is, lists and objects as JSON, times in ms. */
export const ExperimentRecord = z.object({
  id: z.string(),
  name: maybe(z.string()),
  notes: maybe(z.string()),
  owner: maybe(z.string()),
  sweep: maybe(z.string()),
  trial: z.coerce.number().default(0),
  /** The group that has no room for it: `owner:` or `sweep:` and whose. */
  throttledBy: maybe(z.string()),
  stopEarly: maybe(json(EarlyStop)),
  tags: json(z.array(z.string())),
  warnings: json(z.array(z.string())),
  config: json(ExperimentConfig),
  configHash: z.string(),
  priority: z.coerce.number(),
  pool: z.string(),
  queue: z.string(),
  dispatch: z.coerce.number(),
  state: ExperimentState,
  reason: StateReason,
  progress: json(Progress),
  forecast: maybe(json(CostEstimate)),
  latest: maybe(epoch),
  best: maybe(epoch),
  engine: maybe(json(Engine)),
  model: maybe(json(StoredModel)),
  checkpoint: maybe(json(CheckpointInfo)),
  checkpointBefore: maybe(json(CheckpointInfo)),
  parent: maybe(json(Parent)),
  start: maybe(json(InitialCheckpoint)),
  replayOf: maybe(z.string()),
  replay: maybe(json(Replay.omit({ of: true }))),
  /** Whether steps, layers and logs have moved out of Redis. */
  archived: z.coerce.boolean().default(false),
  outOfMemory: z.coerce.number().default(0),
  datasetHash: maybe(z.string()),
  error: maybe(json(ExperimentError)),
  attempts: json(z.array(z.object({ ...Attempt.shape, startedAt: atMs, endedAt: atMs.nullable() })).default([])),
  transitions: json(z.array(z.object({ state: ExperimentState, reason: StateReason, at: atMs }))),
  createdAt: time,
  startedAt: maybe(time),
  finishedAt: maybe(time),
})
export type ExperimentRecord = z.infer<typeof ExperimentRecord>

/** A queued experiment's place, and about when it begins and ends. */
export interface QueuePlace {
  position: number
  startsInSeconds: number | null
  endsInSeconds: number | null
}

export function experimentFrom(record: ExperimentRecord, place: QueuePlace | null): Experiment {
  const { queue: _queue, dispatch: _dispatch, start: _start, outOfMemory: _outOfMemory, progress, model: stored, ...others } = record
  const {
    checkpoint,
    checkpointBefore,
    replayOf,
    replay,
    sweep,
    trial,
    throttledBy,
    archived: _archived,
    stopEarly: _stop,
    forecast: _forecast,
    ...rest
  } = others
  // Until it has completed, another attempt may yet write another one.
  const model = stored && record.state === 'completed' ? { kind: stored.kind, epoch: stored.epoch, bytes: stored.bytes } : null
  const phase = isTerminal(record.state) ? 'done' : record.state === 'queued' ? 'waiting' : progress.phase
  const checkpoints = [checkpoint, checkpointBefore].flatMap((each): ForkPoint[] =>
    each ? [{ epoch: each.epoch, kind: 'checkpoint' }] : [],
  )
  const forkPoints = [...checkpoints, ...(model ? [{ epoch: model.epoch, kind: 'model' as const }] : [])]
  const compared = replayOf === null ? null : { of: replayOf, ...(replay ?? { comparedEpochs: 0, difference: null }) }
  return {
    ...rest,
    sweep: sweep === null ? null : { id: sweep, trial },
    throttledBy: throttledBy === null ? null : throttledBy.startsWith('owner:') ? 'owner' : 'sweep',
    forkPoints,
    replay: compared,
    model,
    queuePosition: place && place.position,
    startsInSeconds: place && place.startsInSeconds,
    progress: { ...progress, phase, etaSeconds: phase === 'done' ? null : place ? place.endsInSeconds : progress.etaSeconds },
  }
}
