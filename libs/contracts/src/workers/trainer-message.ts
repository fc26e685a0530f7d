import { z } from 'zod'
import { CachedSplit } from '../datasets/dataset.ts'
import { Engine, Epoch, ExperimentError, Phase } from '../experiments/experiment.ts'
import { ExperimentConfig } from '../experiments/experiment-config.ts'
import { EpochLayers } from '../results/layer-signal.ts'
import { Prediction, StoredModel } from '../experiments/model.ts'
import { ProbeCell, ProbeRequest } from '../probes/probe.ts'
import { SamplesAnswer, SamplesRequest } from '../datasets/samples.ts'
import { TrainingSpeed } from './training-speed.ts'

export const CheckpointInfo = z.object({ file: z.string(), epoch: z.int(), sha256: z.string(), bytes: z.int() })
export type CheckpointInfo = z.infer<typeof CheckpointInfo>

/** What a run begins with in place of its seed: files of its own, copied at submission from a fork's parent or from uploaded weights. */
export const RunStart = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('checkpoint'),
    folder: z.string(),
    ...CheckpointInfo.shape,
    configHash: z.string().describe("the parent's: the checkpoint carries it"),
    keepMomentum: z.boolean(),
  }),
  z.object({ kind: z.literal('model'), folder: z.string(), epoch: z.int() }),
  z.object({ kind: z.literal('weights'), folder: z.string(), file: z.string(), epoch: z.literal(0) }),
])
export type RunStart = z.infer<typeof RunStart>

/** Messages between a worker and its trainer process, over Node's IPC channel with advanced serialization. */
export const ToTrainer = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('run'),
    runId: z.string().describe("the attempt's token: every message about this run carries it back"),
    config: ExperimentConfig,
    checkpoints: z
      .object({ folder: z.string(), resume: z.array(CheckpointInfo) })
      .describe('where to write, and candidates to resume from: the first intact one is used'),
    start: RunStart.nullable().describe('initial state without a checkpoint of its own; null: the seed'),
    modelFolder: z.string().describe('where to write the model that is kept'),
  }),
  z.object({ type: z.literal('probe'), runId: z.string(), request: ProbeRequest }),
  z.object({ type: z.literal('samples'), runId: z.string(), request: SamplesRequest }),
  z.object({
    type: z.literal('predict'),
    runId: z.string(),
    config: ExperimentConfig,
    model: StoredModel,
    modelFolder: z.string(),
    photo: z.instanceof(Uint8Array<ArrayBufferLike>).describe('a JPEG or PNG file'),
  }),
  z.object({
    type: z.literal('abort'),
    runId: z.string(),
    mode: z
      .enum(['immediate', 'graceful', 'epoch_end'])
      .describe(
        "at once; at the epoch's end with a checkpoint, if that comes soon (a drain); at the epoch's end, whenever that is (a pause)",
      ),
  }),
  z.object({ type: z.literal('ack'), count: z.int().describe('messages handled since the last ack') }),
])
export type ToTrainer = z.infer<typeof ToTrainer>

const run = { runId: z.string() }
/** How a run ends, with the trainer's memory after it. */
const end = { ...run, rssBytes: z.int() }
export const FromTrainer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), engine: Engine }),
  z.object({ type: z.literal('engine_failed'), message: z.string().describe('why it has no engine; it ends') }),
  z.object({ type: z.literal('speed'), speed: TrainingSpeed }),
  z.object({
    type: z.literal('started'),
    ...run,
    engine: Engine,
    datasetHash: z.string(),
    resumedFromEpoch: z.int(),
    cachedSplits: z.array(CachedSplit),
  }),
  z.object({ type: z.literal('phase'), ...run, phase: Phase, fraction: z.number(), epoch: z.int(), step: z.int() }),
  z.object({ type: z.literal('batches'), ...run, epoch: z.int(), firstStep: z.int(), losses: z.instanceof(Float32Array<ArrayBufferLike>) }),
  z.object({
    type: z.literal('epoch'),
    ...run,
    result: Epoch.omit({ at: true, attempt: true }),
    layerHashes: z.array(z.string().regex(/^[0-9a-f]{16}$/)).describe("of each layer's weights, first to last"),
  }),
  z.object({ type: z.literal('layers'), ...run, layers: EpochLayers }),
  z.object({ type: z.literal('checkpoint'), ...run, checkpoint: CheckpointInfo }),
  z.object({ type: z.literal('model'), ...run, model: StoredModel }),
  z.object({ type: z.literal('probed'), ...run, results: z.array(ProbeCell) }),
  z.object({ type: z.literal('predicted'), ...run, prediction: Prediction }),
  z.object({ type: z.literal('sampled'), ...run, answer: SamplesAnswer }),
  z.object({
    type: z.literal('log'),
    ...run,
    number: z.int().describe('counts the lines of the run from 1'),
    level: z.enum(['info', 'warn', 'error']),
    message: z.string(),
  }),
  z.object({ type: z.literal('completed'), ...end }),
  z.object({ type: z.literal('aborted'), ...end }),
  z.object({ type: z.literal('failed'), ...end, error: ExperimentError }),
])
export type FromTrainer = z.infer<typeof FromTrainer>
