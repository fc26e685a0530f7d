import { z } from 'zod'
import { Experiment } from '../experiments/experiment.ts'
import { JsonNumber } from '../http/json-number.ts'

export const MAX_COMPARED = 50

const FieldValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.number()), z.null()])

/** One experiment among others: what tells it from them, and how it ended. */
export const Compared = Experiment.pick({ id: true, name: true, state: true, owner: true, best: true, latest: true })
  .extend({
    differing: z.record(z.string(), FieldValue).describe('fields of its config that are not the same for all'),
  })
  .meta({ id: 'Compared' })
export type Compared = z.infer<typeof Compared>

const perExperiment = z
  .array(JsonNumber.nullable())
  .describe('one for each experiment, in their order; null: it has not come so far, or measured nothing')

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
          .describe('of training from the first epoch to the end of this one, for each experiment; evaluation is not in it'),
      }),
    ),
  })
  .meta({ id: 'Comparison' })
export type Comparison = z.infer<typeof Comparison>
