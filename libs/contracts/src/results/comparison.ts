import { z } from 'zod'
import { Experiment } from '../experiments/experiment.ts'
import { JsonNumber } from '../http/json-number.ts'

export const MAX_COMPARED = 50

const FieldValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.number()), z.null()])

/** One experiment among others: how it differs from them, and its results. */
export const Compared = Experiment.pick({ id: true, name: true, state: true, owner: true, best: true, latest: true })
  .extend({
    differing: z.record(z.string(), FieldValue).describe('fields of its config that differ among the experiments'),
  })
  .meta({ id: 'Compared' })
export type Compared = z.infer<typeof Compared>

const perExperiment = z
  .array(JsonNumber.nullable())
  .describe('one for each experiment, in their order; null: it has no such epoch, or did not measure this')

/** Curves of several experiments, aligned by epoch. */
export const Comparison = z
  .object({
    experiments: z.array(Compared),
    differing: z.array(z.string()).describe('names of the fields in which the configs differ'),
    items: z.array(
      z.object({
        epoch: z.int(),
        loss: perExperiment,
        accuracy: perExperiment,
        evalLoss: perExperiment,
        evalAccuracy: perExperiment,
        trainingSeconds: z
          .array(z.number().nullable())
          .describe('training time from the first epoch to the end of this one, without evaluation'),
      }),
    ),
  })
  .meta({ id: 'Comparison' })
export type Comparison = z.infer<typeof Comparison>
