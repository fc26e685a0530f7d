import { z } from 'zod'
import { RunFields, TrainingFields } from './experiment-config.ts'

const { shape: training } = TrainingFields
const { shape: running } = RunFields

/** The body of PATCH /experiments/{id}: what may change after an experiment was submitted. What is absent stays. */
export const ExperimentPatch = z
  .strictObject({
    name: running.name.unwrap().nullable().optional().describe('null removes it'),
    notes: running.notes.unwrap().nullable().optional().describe('null removes them'),
    tags: running.tags.unwrap().optional().describe('replace those it has'),
    priority: running.priority.unwrap().optional().describe('only before it has ended; a queued one moves at once'),
  })
  .meta({ id: 'ExperimentPatch' })
export type ExperimentPatch = z.infer<typeof ExperimentPatch>

/** What a fork may change. */
export const ForkChanges = z.strictObject({
  lr: training.lr.unwrap().optional(),
  momentum: training.momentum.unwrap().optional(),
  batchSize: training.batchSize.unwrap().optional(),
  epochs: training.epochs.unwrap().optional(),
  seed: training.seed.unwrap().optional(),
  evaluate: training.evaluate.unwrap().optional(),
  firstLayer: running.firstLayer.unwrap().optional(),
  recordLayers: running.recordLayers.unwrap().optional(),
  keepModel: running.keepModel.unwrap().optional(),
  checkpointEverySeconds: running.checkpointEverySeconds.unwrap().optional(),
  name: running.name,
  tags: running.tags.unwrap().optional(),
  notes: running.notes,
  priority: running.priority.unwrap().optional(),
  pool: running.pool.unwrap().optional(),
  maxRetries: running.maxRetries.unwrap().optional(),
  timeLimitSeconds: running.timeLimitSeconds,
})
export type ForkChanges = z.infer<typeof ForkChanges>

const refused = z
  .undefined({ error: 'changes the shapes of the weights or the images, so its weights do not fit; submit it as a new experiment' })
  .meta({ not: {} })
  .optional()

/** Refused by name with the reason. */
const sameShapes = {
  bias: refused,
  dataset: refused,
  depth: refused,
  groupSize: refused,
  imageSize: refused,
  layerSizes: refused,
  norm: refused,
  normAffine: refused,
  normPosition: refused,
  width: refused,
}

/** The body of POST /experiments/{id}/fork. */
export const ForkRequest = z
  .strictObject({
    epoch: z.int().min(1).optional().describe("the epoch to begin from, one of the experiment's `forkPoints`; the newest by default"),
    changes: ForkChanges.extend(sameShapes).default({}).describe('fields that differ from those of the experiment'),
    resetOptimizer: z
      .boolean()
      .optional()
      .describe(
        'true: the momentum begins at zero, as it must with a model; false: it continues. By default it continues where the fork point has it',
      ),
  })
  .meta({ id: 'ForkRequest' })
export type ForkRequest = z.infer<typeof ForkRequest>
