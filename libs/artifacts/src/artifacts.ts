import path from 'node:path'
import { type ArtifactItems, folderItems } from './kinds/artifact-inventory.ts'
import { type CheckpointFolders, createCheckpointFolders } from './kinds/checkpoint-folders.ts'
import type { Mirror } from './cache/local-cache.ts'
import { mirrored } from './cache/cached-artifacts.ts'
import { createModelFolders, type ModelFolders } from './kinds/model-folders.ts'
import type { ObjectStore } from './store/object-store.ts'
import { createResultFiles, type ResultFiles } from './kinds/result-files.ts'
import { createInitialCheckpointFolders, type InitialCheckpointFolders } from './kinds/initial-checkpoint-folders.ts'
import { createWeightsFiles, type WeightsFiles } from './kinds/weights-files.ts'

/** All that lies in a folder for experiments. */
export interface FolderArtifacts {
  checkpoints: CheckpointFolders
  models: ModelFolders
  starts: InitialCheckpointFolders
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
    starts: createInitialCheckpointFolders(path.join(folder, 'starts')),
    results: createResultFiles(path.join(folder, 'results')),
    weights: createWeightsFiles(path.join(folder, 'weights')),
  }
}
