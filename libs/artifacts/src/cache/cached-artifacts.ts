import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { UploadedWeights } from '@trainyard/contracts'
import type { Artifacts, FolderArtifacts } from '../artifacts.ts'
import { createMirror, keyIn, type Mirror, objectsAt } from './local-cache.ts'
import { MODEL_TYPES } from '../kinds/model-folders.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { packResults, unpackResults } from '../kinds/result-files.ts'
import { goneError } from '../kinds/initial-checkpoint-folders.ts'
import { storedItems } from '../store/object-inventory.ts'
import { createWeightsFiles } from '../kinds/weights-files.ts'

interface Mirroring {
  /** The working area. */
  folder: string
  store: ObjectStore
}
interface Both extends Mirroring {
  mirror: Mirror
  keyOf: (place: string) => string
}

/** What is kept lies in the store, under the names that it has in the folders; the folders are where trainers write and read. */
export function mirrored(folders: FolderArtifacts, { folder, store }: Mirroring): Artifacts {
  const mirror = createMirror({ area: folders, folder, store })
  const both = { folder, store, mirror, keyOf: (place: string) => keyIn(folder, place) }
  return {
    checkpoints: checkpointsIn(folders, both),
    models: modelsIn(folders, both),
    starts: startsIn(folders, both),
    results: resultsIn(folders, both),
    weights: weightsIn(folders, both),
    items: () => storedItems(store),
    mirror,
  }
}

function checkpointsIn({ checkpoints }: FolderArtifacts, { store, mirror, keyOf }: Both): Artifacts['checkpoints'] {
  const folderOf = (id: string): string => checkpoints.folderOf(id)
  const pathOf = (id: string, file: string): string => checkpoints.pathOf(id, file)
  return {
    ...{ folderOf, pathOf },
    async remove(id, file) {
      await checkpoints.remove(id, file)
      // not waited for: a worker removes an old one between two epochs, and what stays goes when the experiment ends
      void store.remove(keyOf(pathOf(id, file))).catch(() => {})
    },
    async removeAllBut(id, files) {
      await checkpoints.removeAllBut(id, files)
      await mirror.removeStored(folderOf(id), files)
    },
    async removeAll(id) {
      await checkpoints.removeAll(id)
      await mirror.removeStored(folderOf(id))
    },
    list: () => idsIn(store, 'checkpoints'),
  }
}

function modelsIn({ models }: FolderArtifacts, { store, mirror, keyOf }: Both): Artifacts['models'] {
  const folderOf = (id: string): string => models.folderOf(id)
  const pathOf = (id: string, name: string): string => models.pathOf(id, name)
  const keyOfFile = (id: string, folder: string, file: string): string => keyOf(path.join(pathOf(id, folder), file))
  return {
    ...{ folderOf, pathOf },
    open: ({ experimentId, folder, file }) => store.get(keyOfFile(experimentId, folder, file)),
    async link({ experimentId, folder, file }) {
      const key = keyOfFile(experimentId, folder, file)
      const filename = file === 'model.safetensors' ? { filename: `${experimentId}.safetensors` } : {}
      const link = await store.link(key, { type: MODEL_TYPES[file], ...filename })
      if (link === null || (await store.list(key)).length === 0) return null
      return link
    },
    async remove(id, folder) {
      await models.remove(id, folder)
      await mirror.removeStored(pathOf(id, folder))
    },
    async removeAllBut(id, kept) {
      await models.removeAllBut(id, kept)
      await mirror.removeStored(folderOf(id), kept)
    },
    list: () => idsIn(store, 'models'),
  }
}

function startsIn({ starts }: FolderArtifacts, { store, mirror, keyOf }: Both): Artifacts['starts'] {
  async function remove(token: string): Promise<void> {
    await starts.remove(token)
    await mirror.removeStored(starts.folderOf(token))
  }
  return {
    folderOf: (token) => starts.folderOf(token),
    remove,
    async takeOver({ token, from }) {
      const objects = await objectsAt(store, { key: keyOf(from) })
      try {
        const copied = objects.map((each) => store.copy(each, keyOf(path.join(starts.folderOf(token), path.basename(each.key)))))
        if (objects.length === 0 || (await Promise.all(copied)).includes(false)) throw goneError(from)
      } catch (error) {
        await remove(token)
        throw error
      }
    },
    list: () => idsIn(store, 'starts'),
  }
}

function resultsIn({ results }: FolderArtifacts, { store, keyOf }: Both): Artifacts['results'] {
  const keyFor = (id: string): string => keyOf(results.pathOf(id))
  return {
    pathOf: (id) => results.pathOf(id),
    write: async (id, content) => store.put(keyFor(id), await packResults(content)),
    async read(id) {
      const found = await store.get(keyFor(id))
      return found && unpackResults(await buffer(found.stream))
    },
    remove: (id) => store.remove(keyFor(id)),
    list: () => idsIn(store, 'results'),
  }
}

/** Beside the weights lies what they are, put again at each use: the store then knows when that was, and moves no weights for it. */
function weightsIn({ weights }: FolderArtifacts, { store, folder, keyOf }: Both): Artifacts['weights'] {
  const keyOfDescription = (id: string): string => keyOf(weights.pathOf(id)).replace(/\.safetensors$/, '.json')
  const describe = (id: string, description: UploadedWeights): Promise<void> =>
    store.put(keyOfDescription(id), Buffer.from(JSON.stringify(description)))
  return {
    pathOf: (id) => weights.pathOf(id),
    async receive(pieces) {
      const upload = path.join(folder, 'weights', randomUUID())
      const files = createWeightsFiles(upload)
      try {
        const received = await files.receive(pieces)
        await store.putFile(keyOf(weights.pathOf(received.id)), { file: files.pathOf(received.id) })
        await describe(received.id, received)
        return received
      } finally {
        await rm(upload, { recursive: true, force: true })
      }
    },
    async use(id) {
      const found = await store.get(keyOfDescription(id))
      if (!found) return null
      const description = UploadedWeights.parse(JSON.parse((await buffer(found.stream)).toString()))
      await describe(id, description)
      return description
    },
    list: async () => (await idsIn(store, 'weights')).map((id) => ({ name: id, place: weights.pathOf(id) })),
  }
}

async function idsIn(store: ObjectStore, kind: string): Promise<string[]> {
  const objects = await store.list(`${kind}/`)
  return [...new Set(objects.map(({ key }) => key.split('/')[1]?.split('.', 1)[0] ?? ''))]
}
