import type { Artifacts, LocalCache } from '@trainyard/artifacts'
import { type ExperimentError, ExpectedError } from '@trainyard/contracts'
import type { ExperimentStore, FetchedRequest, PredictionRequest, RequestConsumer } from '@trainyard/jobs'
import type { RequestCommand } from '../trainers/trainer-request.ts'

interface PredictionDeps {
  consumer: Pick<RequestConsumer<PredictionRequest>, 'takeAttachment'>
  store: Pick<ExperimentStore, 'get' | 'storedModel'>
  artifacts: { models: Pick<Artifacts['models'], 'pathOf'>; cache: Pick<LocalCache, 'fetch'> | null }
  /** Aborts when the reply comes too late for its submitter. */
  signal: AbortSignal
}

/** Has a trainer classify the photo with the experiment's kept model. */
export async function predictionCommand(
  { id, data: { experimentId } }: FetchedRequest<PredictionRequest>,
  { consumer, store, artifacts: { models, cache }, signal }: PredictionDeps,
): Promise<RequestCommand | { type: 'failed'; error: ExperimentError }> {
  const photo = await consumer.takeAttachment(id)
  if (photo === null) return { type: 'failed', error: PHOTO_GONE }
  const [{ config }, model] = await Promise.all([store.get(experimentId), store.storedModel(experimentId)])
  if (model === null) return { type: 'failed', error: modelGone(experimentId) }
  const modelFolder = models.pathOf(experimentId, model.folder)
  try {
    if ((await cache?.fetch(modelFolder, { signal })) === false) return { type: 'failed', error: modelGone(experimentId) }
  } catch (error) {
    if (!(error instanceof ExpectedError)) throw error
    return { type: 'failed', error: { class: 'infrastructure', code: error.code, message: error.message, advice: 'Send it again.' } }
  }
  return { type: 'predict', runId: id, config, model, modelFolder, photo }
}

/** Photos are read once and expire: this one's worker was lost, or its submitter has left. */
const PHOTO_GONE: ExperimentError = {
  class: 'infrastructure',
  code: 'TRAINER_CRASHED',
  message: 'The worker that had the photo ended before it could classify it',
  advice: 'Send it again.',
}

const modelGone = (experimentId: string): ExperimentError => ({
  class: 'user',
  code: 'MODEL_NOT_FOUND',
  message: `Experiment ${experimentId} has kept no model`,
  advice: 'Train it with keepModel best or final.',
})
