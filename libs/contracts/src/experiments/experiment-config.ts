import { z } from 'zod'
import { configFieldErrors } from './config-rules.ts'
import { DatasetName, type SplitName } from '../datasets/dataset.ts'
import { plainText, textWithLines } from '../http/plain-text.ts'

/** Rises when an older worker could not run a newer config; part of the queue's name. */
export const CONFIG_VERSION = 1

export const NormType = z.enum(['none', 'batch', 'layer', 'group'])
export type NormType = z.infer<typeof NormType>

/** Where a norm stands, seen from the nonlinearity. */
export const NormPosition = z.enum(['before', 'after'])
export type NormPosition = z.infer<typeof NormPosition>

export const KeepModel = z.enum(['best', 'final', 'none'])
export type KeepModel = z.infer<typeof KeepModel>

export const EvaluateSplit = z.enum(['none', 'val', 'test'])
export type EvaluateSplit = z.infer<typeof EvaluateSplit>

/** How the first layer is computed: over the pixels, or in the dual form (docs/dual-form.md). */
export const FirstLayer = z.enum(['direct', 'dual'])
export type FirstLayer = z.infer<typeof FirstLayer>

export const LayerKind = z.enum(['hidden', 'output']).meta({ id: 'LayerKind' })
export type LayerKind = z.infer<typeof LayerKind>

export const WeightsId = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be an id that POST /weights answered: a SHA-256 of 64 digits of 0-9 and a-f')

/** What changes the numbers, of a run that begins from its seed. Defaults are the notebook's. */
export const TrainingFields = z.strictObject({
  dataset: DatasetName.default('flowers102').describe('images to train on; synthetic-flowers needs no download'),
  imageSize: z.int().min(8).max(512).default(128).describe('pixels per side; images become imageSize x imageSize x 3'),
  depth: z.int().min(0).max(64).optional().describe('hidden layers (default 3)'),
  width: z.int().min(1).max(8192).optional().describe('units per hidden layer (default 512)'),
  layerSizes: z.array(z.int().min(1).max(8192)).max(64).optional().describe('units of each hidden layer, in place of depth and width'),
  norm: NormType.default('none').describe('normalisation of every hidden layer'),
  normPosition: NormPosition.optional().describe('where the norm stands, seen from the nonlinearity (default before)'),
  normAffine: z.boolean().optional().describe('learnable scale and shift of the norm (default: before the nonlinearity, not after it)'),
  groupSize: z.int().min(1).max(8192).optional().describe('channels per group, with norm group (default 32)'),
  bias: z.boolean().default(true).describe('biases of the linear layers'),
  lr: z.number().positive().max(10).default(1e-4).describe('learning rate'),
  momentum: z.number().min(0).lt(1).default(0.9).describe('momentum of SGD'),
  batchSize: z.int().min(1).max(4096).default(64).describe('images per step'),
  epochs: z.int().min(1).max(10_000).default(30).describe('passes over the train split'),
  seed: z.int().min(0).max(0xffff_ffff).default(0).describe('fixes initial weights and the order of images'),
  evaluate: EvaluateSplit.default('val').describe('split measured after every epoch'),
})

/** Fields about execution and ownership: none of them changes the numbers. */
export const RunFields = z.strictObject({
  firstLayer: z
    .enum(['auto', ...FirstLayer.options])
    .default('auto')
    .describe('how the first layer is computed: over the pixels (direct), in the dual form (dual), or the faster of the two (auto)'),
  recordLayers: z.boolean().default(true).describe("record every layer's signal at the end of each epoch"),
  keepModel: KeepModel.default('best').describe('the model that is kept when it completes'),
  checkpointEverySeconds: z.int().min(5).max(3600).default(30).describe('seconds between checkpoints'),
  name: plainText().max(200).optional().describe('a name for people'),
  tags: z.array(plainText().min(1).max(50)).max(20).default([]).describe('labels to filter by'),
  notes: textWithLines().max(10_000).optional().describe('free text'),
  priority: z.int().min(-10).max(10).default(0).describe('higher runs first'),
  pool: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be 1 to 40 of a-z, 0-9 and "-", starting with a letter or digit')
    .default('default')
    .describe('which workers may take it'),
  maxRetries: z.int().min(0).max(100).default(3).describe('retries after infrastructure failures without a newer checkpoint between them'),
  timeLimitSeconds: z.int().min(1).max(31_536_000).optional().describe('limit of training time'),
})

/** The body of POST /experiments: flat, every field optional. Unknown fields are refused. */
export const ExperimentRequest = z
  .strictObject({
    ...TrainingFields.shape,
    initialWeights: WeightsId.optional().describe('id of uploaded weights to begin with, as POST /weights answered it'),
    ...RunFields.shape,
  })
  .check((ctx) => {
    // A field out of its own bounds is reported alone: the rules across fields would only repeat it.
    if (ctx.issues.length > 0) return
    // `acrossFields` marks an error of two fields together.
    for (const { field, message } of configFieldErrors(ctx.value))
      ctx.issues.push({ code: 'custom', path: [field], message, params: { acrossFields: true }, input: ctx.value })
  })
  .meta({ id: 'ExperimentRequest' })
export type ExperimentRequest = z.infer<typeof ExperimentRequest>

/** The config as it runs: every field has a value. `width` is null where the layers differ. */
export const ExperimentConfig = z
  .object({
    ...TrainingFields.shape,
    initialWeights: WeightsId.nullable().describe('null: it begins from its seed'),
    depth: z.int(),
    width: z.int().nullable(),
    layerSizes: z.array(z.int()),
    normPosition: NormPosition.nullable().describe('null where it has no effect'),
    normAffine: z.boolean().nullable().describe('null where it has no effect'),
    groupSize: z.int().nullable().describe('null where it has no effect'),
    firstLayer: FirstLayer,
    recordLayers: z.boolean(),
    keepModel: KeepModel,
    checkpointEverySeconds: RunFields.shape.checkpointEverySeconds,
    maxRetries: RunFields.shape.maxRetries,
    timeLimitSeconds: z.int().nullable(),
  })
  .meta({ id: 'ExperimentConfig' })
export type ExperimentConfig = z.infer<typeof ExperimentConfig>

/** The text whose SHA-256 is the `configHash`: equal for configs that must give equal numbers, but for how the first layer rounds. */
export function canonicalConfig(config: ExperimentConfig): string {
  const { depth, width: _width, recordLayers: _r, keepModel: _k, checkpointEverySeconds: _c, maxRetries: _m, ...rest } = config
  const { timeLimitSeconds: _t, firstLayer: _f, ...numbers } = { ...rest, norm: depth === 0 ? 'none' : rest.norm }
  const withEffect = Object.entries(numbers).filter(([, value]) => value !== null)
  return JSON.stringify(withEffect.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** The split that is measured after each epoch, or null. */
export function evaluatedSplit(config: Pick<ExperimentConfig, 'evaluate'>): SplitName | null {
  return config.evaluate === 'none' ? null : config.evaluate
}
