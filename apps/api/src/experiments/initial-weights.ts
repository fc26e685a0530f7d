import path from 'node:path'
import type { Artifacts } from '@trainyard/artifacts'
import { type ExperimentConfig, ExpectedError } from '@trainyard/contracts'
import { weightsFieldErrors } from '@trainyard/pytorch'
import type { InitialCheckpoint } from '@trainyard/jobs'
import { UnprocessableConfigError } from '../http/request-errors.ts'
import { pin } from './initial-checkpoint.ts'

type WeightsArtifacts = Pick<Artifacts, 'initialCheckpoints' | 'weights'>

class WeightsNotFoundError extends ExpectedError {
  constructor(id: string) {
    super(
      'WEIGHTS_NOT_FOUND',
      `There are no weights ${id}; they are removed a day after their last use, so POST the file to /api/v1/weights again`,
    )
  }
}

class WeightsNotRetainedError extends ExpectedError {
  constructor(id: string, weights: string) {
    super(
      'NOT_RETAINED',
      `Experiment ${id} began with the weights ${weights}, which are gone; POST their file to /api/v1/weights again, then repeat this`,
    )
  }
}

/** Refuses a config whose initial weights are not uploaded, or do not fit it: each field at fault is named. */
export async function checkInitialWeights(config: ExperimentConfig, { weights }: Pick<WeightsArtifacts, 'weights'>): Promise<void> {
  const id = config.initialWeights
  if (id === null) return
  const found = await weights.use(id)
  if (!found) throw new WeightsNotFoundError(id)
  const faults = weightsFieldErrors(config, found)
  if (faults.length > 0) throw new UnprocessableConfigError(faults.map(({ field, message }) => ({ pointer: `/${field}`, detail: message })))
}

/** Pins what an experiment with initial weights begins with; null for one without. */
export async function pinInitialWeights(
  { initialWeights: id }: ExperimentConfig,
  { initialCheckpoints, weights }: WeightsArtifacts,
  gone?: ExpectedError,
): Promise<InitialCheckpoint | null> {
  if (id === null) return null
  const from = weights.pathOf(id)
  const token = await pin(initialCheckpoints, { from, gone: gone ?? new WeightsNotFoundError(id) })
  return { kind: 'weights', token, file: path.basename(from), epoch: 0 }
}

/** The same for a rerun of an experiment. */
export async function pinWeightsOf(
  { id, config }: { id: string; config: ExperimentConfig },
  artifacts: WeightsArtifacts,
): Promise<InitialCheckpoint | null> {
  const { initialWeights } = config
  if (initialWeights === null) return null
  const gone = new WeightsNotRetainedError(id, initialWeights)
  if (!(await artifacts.weights.use(initialWeights))) throw gone
  return pinInitialWeights(config, artifacts, gone)
}
