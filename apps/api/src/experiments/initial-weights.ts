import { randomUUID } from 'node:crypto'
import path from 'node:path'
import type { Artifacts } from '@trainyard/artifacts'
import { type ExperimentConfig, ExpectedError } from '@trainyard/contracts'
import { weightsFieldErrors } from '@trainyard/pytorch'
import type { InitialCheckpoint } from '@trainyard/jobs'
import { UnprocessableConfigError } from '../http/request-errors.ts'

type WeightsArtifacts = Pick<Artifacts, 'initialCheckpoints' | 'weights'>

class WeightsNotFoundError extends ExpectedError {
  constructor(id: string) {
    super(
      'WEIGHTS_NOT_FOUND',
      `There are no weights ${id}; they go a day after they were last used, so POST the file to /api/v1/weights again`,
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

/** Refuses a config whose initial weights nobody has uploaded, or do not fit it: each field at fault is named. */
export async function checkInitialWeights(config: ExperimentConfig, { weights }: Pick<WeightsArtifacts, 'weights'>): Promise<void> {
  const id = config.initialWeights
  if (id === null) return
  const found = await weights.use(id)
  if (!found) throw new WeightsNotFoundError(id)
  const faults = weightsFieldErrors(config, found)
  if (faults.length > 0) throw new UnprocessableConfigError(faults.map(({ field, message }) => ({ pointer: `/${field}`, detail: message })))
}

/** Takes over what an experiment with initial weights begins with, so that it stays whatever becomes of the upload; nothing for one without. */
export async function takeInitialWeights(
  { initialWeights }: ExperimentConfig,
  artifacts: WeightsArtifacts,
): Promise<{ start?: InitialCheckpoint }> {
  if (initialWeights === null) return {}
  const start = await takeWeights(initialWeights, artifacts)
  if (!start) throw new WeightsNotFoundError(initialWeights)
  return { start }
}

/** The same for an experiment that another one is run again as. */
export async function takeInitialWeightsAgain(
  { id, config: { initialWeights } }: { id: string; config: ExperimentConfig },
  artifacts: WeightsArtifacts,
): Promise<{ start?: InitialCheckpoint }> {
  if (initialWeights === null) return {}
  const start = (await artifacts.weights.use(initialWeights)) && (await takeWeights(initialWeights, artifacts))
  if (!start) throw new WeightsNotRetainedError(id, initialWeights)
  return { start }
}

/** null: they are gone. */
async function takeWeights(id: string, { initialCheckpoints, weights }: WeightsArtifacts): Promise<InitialCheckpoint | null> {
  const [token, from] = [randomUUID(), weights.pathOf(id)]
  try {
    await initialCheckpoints.pin({ token, from })
    return { kind: 'weights', token, file: path.basename(from), epoch: 0 }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
