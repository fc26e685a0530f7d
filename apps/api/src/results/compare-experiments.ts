import type { Comparison, Epoch, Experiment } from '@trainyard/contracts'

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
