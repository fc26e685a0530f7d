import { z } from 'zod'

/** A trained model that was kept: at the best epoch or at the last one. */
export const ModelKind = z.enum(['best', 'final']).meta({ id: 'ModelKind' })
export type ModelKind = z.infer<typeof ModelKind>

export const KeptModel = z
  .object({
    kind: ModelKind,
    epoch: z.int().describe('the epoch after which it was taken'),
    bytes: z.int().describe('of all its files'),
  })
  .meta({ id: 'KeptModel' })
export type KeptModel = z.infer<typeof KeptModel>

/** Where its files lie, below the experiment's folder of models: named for the attempt that wrote them. */
export const StoredModel = KeptModel.extend({ folder: z.string() })
export type StoredModel = z.infer<typeof StoredModel>

/** What is needed of model.json, requested with `weights=uint8`, to build the model without tfjs's own loader. */
export const QuantisedModel = z.object({
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: z.tuple([
    z.object({
      weights: z.array(
        z.object({
          name: z.string(),
          shape: z.array(z.int()),
          dtype: z.literal('float32'),
          quantization: z.object({ dtype: z.literal('uint8'), min: z.number(), scale: z.number() }),
        }),
      ),
    }),
  ]),
  userDefinedMetadata: z.object({ classNames: z.array(z.string()) }),
})
export type QuantisedModel = z.infer<typeof QuantisedModel>

/** What POST /experiments/{id}/predict takes at most. */
export const PHOTO_LIMIT_BYTES = 10 * 2 ** 20

/** What POST /experiments/{id}/predict answers: the likeliest classes, the likeliest first. */
export const Prediction = z
  .object({
    model: KeptModel.omit({ bytes: true }),
    classes: z.array(z.object({ label: z.int().describe('from 0'), name: z.string(), probability: z.number() })),
  })
  .meta({ id: 'Prediction' })
export type Prediction = z.infer<typeof Prediction>
