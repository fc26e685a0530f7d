import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { loadEngine } from '@trainyard/tensorflow'
import { writeModel } from '../../apps/trainer/src/files/write-model.ts'
import { type ModelCase, modelCases, ownLogits } from './model-cases.ts'

export const BATCHES_TRACKED = 112
/** Largest distance between a logit here and the same logit elsewhere. */
export const BOUND = 1e-5

/** A case whose model lies in `folder`, and the logits that any loader must get. */
export interface WrittenModel extends ModelCase {
  folder: string
  logits: number[]
}

/** All cases, written to a folder of their own. */
export async function writeModels(): Promise<{ folder: string; models: WrittenModel[]; remove: () => Promise<void> }> {
  const { tf } = loadEngine(process.env)
  const folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-models-'))
  const models: WrittenModel[] = []
  for (const modelCase of modelCases(tf)) {
    const { name, config, state } = modelCase
    const own = path.join(folder, name)
    await writeModel({ folder: own, config, state, kind: 'final', epoch: state.epoch, batchesTracked: BATCHES_TRACKED })
    models.push({ ...modelCase, folder: own, logits: ownLogits(tf, modelCase) })
  }
  return { folder, models, remove: () => rm(folder, { recursive: true, force: true }) }
}
