import { z } from 'zod'
import { type Epoch, Experiment } from '../experiments/experiment.ts'
import { JsonNumber } from '../json-number.ts'

export const MOST_COMPARED = 50

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

/** Aligns what is known of each by epoch, and finds what differs. */
export function compareExperiments(found: readonly { experiment: Experiment; epochs: readonly Epoch[] }[]): Comparison {
  const configs = found.map(({ experiment }) => new Map(Object.entries(experiment.config)))
  const fields = [...new Set(configs.flatMap((config) => [...config.keys()]))]
  const differing = fields.filter((field) => new Set(configs.map((config) => JSON.stringify(config.get(field)))).size > 1)
  const experiments = found.map(({ experiment: { id, name, state, owner, best, latest, config } }) => {
    const own = new Map(Object.entries(config))
    return {
      id,
      name,
      state,
      owner,
      best,
      latest,
      differing: Object.fromEntries(differing.map((field) => [field, own.get(field) ?? null])),
    }
  })
  return { experiments, differing, items: alignEpochs(found.map(({ epochs }) => epochs)) }
}

function alignEpochs(curves: readonly (readonly Epoch[])[]): Comparison['items'] {
  const byEpoch = curves.map((epochs) => new Map(withTrainingSeconds(epochs).map((each) => [each.epoch, each])))
  const last = Math.max(0, ...curves.flatMap((epochs) => epochs.map(({ epoch }) => epoch)))
  return Array.from({ length: last }, (_, i) => {
    const at = byEpoch.map((epochs) => epochs.get(i + 1))
    return {
      epoch: i + 1,
      loss: at.map((each) => each?.loss ?? null),
      accuracy: at.map((each) => each?.accuracy ?? null),
      evalLoss: at.map((each) => each?.evalLoss ?? null),
      evalAccuracy: at.map((each) => each?.evalAccuracy ?? null),
      trainingSeconds: at.map((each) => each?.trainingSeconds ?? null),
    }
  })
}

function withTrainingSeconds(epochs: readonly Epoch[]) {
  let trainingSeconds = 0
  return epochs.map((each) => ({ ...each, trainingSeconds: (trainingSeconds += each.seconds) }))
}
