import path from 'node:path'
import { type ArtifactItems, folderItems } from './artifact-items.ts'
import { type CheckpointFolders, createCheckpointFolders } from './checkpoint-folders.ts'
import type { Mirror } from './mirror.ts'
import { mirrored } from './mirrored-artifacts.ts'
import { createModelFolders, type ModelFolders } from './model-folders.ts'
import type { ObjectStore } from './object-store.ts'
import { createResultFiles, type ResultFiles } from './result-files.ts'
import { createStartFolders, type StartFolders } from './start-folders.ts'
import { createWeightsFiles, type WeightsFiles } from './weights-files.ts'

/** All that lies in a folder for experiments. */
export interface FolderArtifacts {
  checkpoints: CheckpointFolders
  models: ModelFolders
  starts: StartFolders
  results: ResultFiles
  weights: WeightsFiles
}

/** All that is kept for experiments. */
export interface Artifacts extends FolderArtifacts {
  /** All that there is. */
  items(): Promise<ArtifactItems>
  /** How it comes into the store and out of it; null: it lies in the data folder alone. */
  mirror: Mirror | null
}

/** In the data folder; with a store there, and the folder's `work` is a working area. */
export function openArtifacts(dataFolder: string, store: ObjectStore | null = null): Artifacts {
  if (store) {
    const folder = path.join(dataFolder, 'work')
    return mirrored(openFolders(folder), { folder, store })
  }
  const folders = openFolders(dataFolder)
  return { ...folders, items: () => folderItems(folders), mirror: null }
}

function openFolders(folder: string): FolderArtifacts {
  return {
    checkpoints: createCheckpointFolders(path.join(folder, 'checkpoints')),
    models: createModelFolders(path.join(folder, 'models')),
    starts: createStartFolders(path.join(folder, 'starts')),
    results: createResultFiles(path.join(folder, 'results')),
    weights: createWeightsFiles(path.join(folder, 'weights')),
  }
}
