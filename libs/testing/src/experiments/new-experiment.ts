import { createHash } from 'node:crypto'
import { canonicalConfig, ExperimentRequest } from '@trainyard/contracts'
import { resolveConfig } from '@trainyard/planning'

/** What the API hands to the store for such a request: 16 steps an epoch unless it says otherwise. */
export function newExperiment(request: Partial<ExperimentRequest> = {}) {
  const parsed = ExperimentRequest.parse({ dataset: 'synthetic-flowers', imageSize: 8, epochs: 3, ...request })
  const config = resolveConfig(parsed)
  const configHash = createHash('sha256').update(canonicalConfig(config)).digest('hex')
  const { name = null, notes = null, tags, priority, pool } = parsed
  return { config, configHash, name, notes, tags, priority, pool, warnings: [] }
}

/** An epoch's result as a trainer sends it. */
export function epochResult(
  epoch: number,
  values: { loss?: number; evalAccuracy?: number | null; seconds?: number; weightsHash?: string | null } = {},
) {
  const { loss = 5 - epoch / 10, evalAccuracy = null, seconds = 0.1, weightsHash = null } = values
  const evalSplit = evalAccuracy === null ? null : ('val' as const)
  return {
    epoch,
    loss,
    accuracy: 0.1,
    seconds,
    evalSplit,
    evalLoss: evalAccuracy,
    evalAccuracy,
    evalTop5Accuracy: evalAccuracy,
    weightsHash,
  }
}
