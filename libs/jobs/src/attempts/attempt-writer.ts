import {
  type CheckpointInfo,
  type Engine,
  type EpochLayers,
  type ExperimentError,
  type LogLine,
  SPLIT_COUNTS,
  type StateReason,
  type StoredModel,
  toJsonNumber,
} from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { attemptScripts } from './attempt-scripts.ts'
import type { Claim } from './attempt-store.ts'
import { epochJson, type EpochResult } from '../experiments/epoch-json.ts'
import { createBestEpoch } from './best-epoch.ts'
import { EPOCH_BOUNDS } from '../workers/histogram-bounds.ts'
import { DEFAULT_PREFIX } from '../redis/keys.ts'
import { layersRow, shortLayers } from '../experiments/layers-row.ts'
import { leaseScripts, type Outcome } from './lease-scripts.ts'
import { createAttemptEta } from './attempt-eta.ts'
import { type Position, progressAt, stepsOf } from '../eta/progress.ts'
import { withRedisErrors } from '../redis/redis-errors.ts'
import { shortFloat32 } from '../redis/short-float32.ts'

/** `fenced`: the attempt is no longer the experiment's own, so nothing was written and its trainer must stop. */
export type Written = 'ok' | 'fenced'

/** What one attempt may write. Every call may be repeated: the same values twice change nothing. */
export interface AttemptWriter {
  started(info: { engine: Engine; datasetHash: string; resumedFromEpoch: number }): Promise<Written>
  progress(position: Position): Promise<Written>
  /** Losses of consecutive steps of one epoch; steps count from 1 within it. */
  batches(points: { epoch: number; firstStep: number; losses: Float32Array }): Promise<Written>
  /** `layerHashes`: of each layer's weights, first to last. */
  epoch(result: EpochResult, layerHashes?: readonly string[]): Promise<Written>
  /** `number`: counts the attempt's lines from 1. */
  log(line: Omit<LogLine, 'at'> & { number: number }): Promise<Written>
  layers(layers: EpochLayers): Promise<Written>
  checkpoint(info: CheckpointInfo): Promise<Written>
  model(info: StoredModel): Promise<Written>
  complete(): Promise<Written>
  fail(error: ExperimentError): Promise<Written>
  /** Ends what was asked to be canceled. */
  canceled(): Promise<Written>
  /** Ends a trial that its sweep has stopped early. */
  stopped(): Promise<Written>
  /** Ends what was asked to be paused. */
  paused(): Promise<Written>
  /** Back into the queue; `retry` with the error that it fails with once `maxRetries` in a row are used up. */
  requeue(why: { reason: 'drained' } | { reason: 'retry'; error: ExperimentError }): Promise<Written>
}

export function createAttemptWriter({
  redis,
  prefix = DEFAULT_PREFIX,
  claim,
}: {
  redis: Redis
  prefix?: string
  claim: Claim
}): AttemptWriter {
  const scripts = attemptScripts({ redis, prefix })
  const { finish } = leaseScripts({ redis, prefix })
  const { config, id } = claim.experiment
  const fence = { id, token: claim.token }
  const images = SPLIT_COUNTS[config.dataset].train
  /** A fork's own epochs come after these. */
  const parentEpochs = claim.experiment.parent?.epoch ?? 0
  const bestWith = createBestEpoch({ redis, prefix, id, parentEpochs })
  const pacing = createAttemptEta({ redis, prefix, claim })
  const end = (outcome: Outcome, error?: ExperimentError): Promise<Written> =>
    withRedisErrors(() => finish({ ...fence, outcome, ...(error && { reason: failureReason(error), error: JSON.stringify(error) }) }))
  return {
    started: ({ engine, datasetHash, resumedFromEpoch }) => {
      pacing.begins({ resumed: resumedFromEpoch > parentEpochs })
      return withRedisErrors(() => scripts.started({ ...fence, engine: JSON.stringify(engine), datasetHash, resumedFromEpoch }))
    },
    progress: (position) =>
      withRedisErrors(async () => {
        if (position.step > 0) pacing.clock.stepped()
        const progress = progressAt(position, { config, pace: await pacing.ahead() })
        return scripts.progress({ ...fence, progress: JSON.stringify(progress) })
      }),
    batches: ({ epoch, firstStep, losses }) => {
      pacing.clock.stepped()
      const event = JSON.stringify({ epoch, firstStep, losses: Array.from(losses, (loss) => toJsonNumber(shortFloat32(loss))) })
      const stepsBefore = (epoch - 1 - parentEpochs) * stepsOf(config) + firstStep - 1
      const bytes = Buffer.from(losses.buffer, losses.byteOffset, losses.byteLength)
      return withRedisErrors(() => scripts.batches({ ...fence, stepsBefore, event }, bytes))
    },
    epoch: (result, layerHashes = []) => {
      pacing.clock.epochEnded(result.seconds)
      const json = epochJson({ ...result, attempt: claim.attempt })
      const known = { epoch: result.epoch, result: json, layerHashes, parentEpochs, images, secondsBounds: EPOCH_BOUNDS }
      return withRedisErrors(async () => scripts.epoch({ ...fence, ...known, best: await bestWith(result) }))
    },
    log: ({ number, ...line }) => withRedisErrors(() => scripts.log({ ...fence, line: JSON.stringify(line), number })),
    layers: (layers) => {
      const short = shortLayers(layers)
      const epoch = short.epoch - parentEpochs
      return withRedisErrors(() => scripts.layers({ ...fence, epoch, row: layersRow(short), event: JSON.stringify(short) }))
    },
    model: (info) => withRedisErrors(() => scripts.model({ ...fence, model: JSON.stringify(info) })),
    checkpoint: (info) => withRedisErrors(() => scripts.checkpoint({ ...fence, epoch: info.epoch, checkpoint: JSON.stringify(info) })),
    complete: async () => {
      const measured = pacing.measured()
      const written = await end('completed')
      if (written === 'ok') await measured?.learn().catch(() => {}) // the next one is learned from
      return written
    },
    fail: (error) => end('failed', error),
    canceled: () => end('canceled'),
    stopped: () => end('stopped'),
    paused: () => end('paused'),
    requeue: (why) => (why.reason === 'retry' ? end('retry', why.error) : end('drained')),
  }
}

function failureReason(error: ExperimentError): StateReason {
  if (error.code === 'TIME_LIMIT') return 'time_limit'
  return error.class === 'user' ? 'user_error' : 'infrastructure_error'
}
