import path from 'node:path'
import { createLocalCache, type LocalCache } from './cache/local-cache.ts'
import { type ArtifactItems, listItems } from './inventory.ts'
import { type Checkpoints, createCheckpoints } from './kinds/checkpoints.ts'
import { createInitialCheckpoints, type InitialCheckpoints } from './kinds/initial-checkpoints.ts'
import { createModels, type Models } from './kinds/models.ts'
import type { Places } from './kinds/places.ts'
import { createResults, type Results } from './kinds/results.ts'
import { createWeights, type Weights } from './kinds/weights.ts'
import { createFolderStore } from './store/folder-store.ts'
import type { RemoteStore } from './store/object-store.ts'

/** All that is kept for experiments. */
export interface Artifacts {
  checkpoints: Checkpoints
  models: Models
  initialCheckpoints: InitialCheckpoints
  results: Results
  weights: Weights
  /** On this host alone: what is removed there stays in the remote store. */
  local: { checkpoints: Checkpoints; models: Models }
  /** All that there is. */
  items(): Promise<ArtifactItems>
  /** How it comes into the remote store and out of it; null: it lies in the data folder alone. */
  cache: LocalCache | null
}

/** In the data folder; with a remote store there, and the folder's `work` is a cache of it. */
export function openArtifacts(dataFolder: string, remote: RemoteStore | null = null): Artifacts {
  const folder = remote ? path.join(dataFolder, 'work') : dataFolder
  const local = createFolderStore(folder)
  const places: Places = { folder, local, store: remote ?? local }
  const here: Places = { folder, local, store: local }
  const cache = remote && createLocalCache({ folder, store: remote })
  return {
    checkpoints: createCheckpoints(places),
    models: createModels(places),
    initialCheckpoints: createInitialCheckpoints(places),
    results: createResults(places),
    weights: createWeights(places, async (place) => cache?.keep(place)),
    local: { checkpoints: createCheckpoints(here), models: createModels(here) },
    items: () => listItems(places.store),
    cache,
  }
}
