import type { ObjectStore, StoredObject } from './store/object-store.ts'

/** A checkpoint, a model, an initial checkpoint, uploaded weights or archived results: one object or several. */
export interface ArtifactItem {
  /** The experiment's id, the initial checkpoint's token, or the upload's name. */
  id: string
  /** Its name in the experiment's folder, which a record may name. */
  name: string
  files: number
  bytes: number
  /** When it was made, or used last. */
  atMs: number
  remove(): Promise<void>
}

/** All that there is, by kind. */
export interface ArtifactItems {
  /** Checkpoints and models of experiments. */
  experiments: ArtifactItem[]
  /** What Redis no longer holds. */
  results: ArtifactItem[]
  starts: ArtifactItem[]
  weights: ArtifactItem[]
  /** By the clock that their times are of. */
  nowMs: number
}

export async function listItems(store: ObjectStore): Promise<ArtifactItems> {
  const ofKind = async (kind: string): Promise<ArtifactItem[]> =>
    [...Map.groupBy(await store.list(`${kind}/`), ({ key }) => groupOf(key))].map(([group, objects]) => itemOf(group, { objects, store }))
  return {
    experiments: [...(await ofKind('checkpoints')), ...(await ofKind('models'))],
    results: await ofKind('results'),
    starts: await ofKind('starts'),
    weights: await ofKind('weights'),
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
    id,
    name,
    files: objects.length,
    bytes: objects.reduce((sum, { bytes }) => sum + bytes, 0),
    atMs: Math.max(...objects.map(({ modifiedAtMs }) => modifiedAtMs)),
    // by name: the description of uploaded weights goes before them
    remove: async () => {
      for (const { key } of objects.toSorted((a, b) => (a.key < b.key ? -1 : 1))) await store.remove(key)
    },
  }
}
