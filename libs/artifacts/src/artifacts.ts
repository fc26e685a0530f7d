import path from 'node:path'
import { type CheckpointFolders, createCheckpointFolders } from './checkpoint-folders.ts'
import { createModelFolders, type ModelFolders } from './model-folders.ts'
import { createResultFiles, type ResultFiles } from './result-files.ts'
import { createStartFolders, type StartFolders } from './start-folders.ts'
import { createWeightsFiles, type WeightsFiles } from './weights-files.ts'

/** All that lies in a data folder for experiments. */
export interface Artifacts {
  checkpoints: CheckpointFolders
  models: ModelFolders
  starts: StartFolders
  results: ResultFiles
  weights: WeightsFiles
}

export function openArtifacts(dataFolder: string): Artifacts {
  return {
    checkpoints: createCheckpointFolders(path.join(dataFolder, 'checkpoints')),
    models: createModelFolders(path.join(dataFolder, 'models')),
    starts: createStartFolders(path.join(dataFolder, 'starts')),
    results: createResultFiles(path.join(dataFolder, 'results')),
    weights: createWeightsFiles(path.join(dataFolder, 'weights')),
  }
}
