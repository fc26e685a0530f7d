import type { ArtifactItem, ArtifactItems } from '../kinds/artifact-inventory.ts'
import type { ObjectStore, StoredObject } from './object-store.ts'

/** The same as of folders; one walk over the store finds all. */
export async function storedItems(store: ObjectStore): Promise<ArtifactItems> {
  const groups = [...Map.groupBy(await store.list(''), ({ key }) => groupOf(key)).entries()]
  const ofKind = (...kinds: readonly string[]): ArtifactItem[] =>
    groups.filter(([group]) => kinds.includes(group.split('/', 1)[0] ?? '')).map(([group, objects]) => itemOf(group, { objects, store }))
  return {
    experiments: ofKind('checkpoints', 'models'),
    results: ofKind('results'),
    starts: ofKind('starts'),
    weights: ofKind('weights'),
    nowMs: store.nowMs(),
  }
}

/** checkpoints/ID/FILE, models/ID/FOLDER, starts/TOKEN, and for what is one file or two with different endings its name without: results/ID, weights/ID. */
function groupOf(key: string): string {
  const [kind = '', id = '', name = ''] = key.split('/')
  if (kind === 'checkpoints' || kind === 'models') return `${kind}/${id}/${name}`
  return `${kind}/${kind === 'starts' ? id : id.split('.', 1)[0]}`
}

function itemOf(group: string, { objects, store }: { objects: readonly StoredObject[]; store: ObjectStore }): ArtifactItem {
  const [, id = '', name = id] = group.split('/')
  return {
    ...{ id, name, files: objects.length },
    bytes: objects.reduce((sum, { bytes }) => sum + bytes, 0),
    atMs: Math.max(...objects.map(({ modifiedAtMs }) => modifiedAtMs)),
    // by name: the description of uploaded weights goes before them
    remove: async () => {
      for (const { key } of objects) await store.remove(key)
    },
  }
}
