import { readdir, rm, stat, utimes } from 'node:fs/promises'
import path from 'node:path'
import type { Readiness } from '@trainyard/contracts'
import type { FolderArtifacts } from '../artifacts.ts'
import { namesIn } from '../kinds/list-dir.ts'
import { type Abortable, type ObjectStore, StoreUnavailableError } from '../store/object-store.ts'

const HEALTHY_WITHIN_MS = 3000
/** What came or was looked at within an hour may be at work, or is likely to be wanted again. */
const UNUSED_AFTER_MS = 3_600_000

/** The object of a place in the working area. */
export const keyIn = (folder: string, place: string): string => path.relative(folder, place).split(path.sep).join('/')

/** Between a working area on this host's disk, which is all that trainers know, and the store: both have the same layout. */
export interface Mirror {
  /** The working area alone: what is removed there stays in the store. */
  area: FolderArtifacts
  /** Puts what lies at a place of the working area, a file or a folder's files, into the store. */
  keep(place: string, options?: Abortable): Promise<void>
  /** Brings what the store has of a place; what is here in the same size stays. False: the store has nothing of it. */
  fetch(place: string, options?: Abortable): Promise<boolean>
  /** Removes a file or a folder from the store, but for what has one of these names in the folder. */
  removeStored(place: string, but?: readonly string[]): Promise<void>
  /** For /readyz. Never throws. */
  health(): Promise<Readiness['checks'][number]>
  /** Removes from the working area what belongs to no experiment that goes on, by its id or its start's token, and has not been used for an hour. */
  tidy(isNeeded: (idOrToken: string) => Promise<boolean>): Promise<void>
}

interface MirrorDeps {
  area: FolderArtifacts
  folder: string
  store: ObjectStore
}

export function createMirror({ area, folder, store }: MirrorDeps): Mirror {
  const keyOf = (place: string): string => keyIn(folder, place)

  async function keep(place: string, options: Abortable = {}): Promise<void> {
    const isFolder = (await stat(place)).isDirectory()
    const files = isFolder ? (await readdir(place)).map((name) => path.join(place, name)) : [place]
    for (const file of files) await store.putFile(keyOf(file), { ...options, file })
  }

  async function fetch(place: string, options: Abortable = {}): Promise<boolean> {
    const objects = await objectsAt(store, { key: keyOf(place), ...options })
    for (const { key, bytes } of objects) {
      const file = path.join(folder, key)
      const here = await stat(file).catch(() => null)
      if (here?.size !== bytes) await store.getFile(key, { ...options, file })
    }
    const now = new Date()
    if (objects.length > 0) await utimes(place, now, now)
    return objects.length > 0
  }

  async function health(): Promise<Readiness['checks'][number]> {
    try {
      await store.list('', { atMost: 1, signal: AbortSignal.timeout(HEALTHY_WITHIN_MS) })
      return { name: 'artifacts', ok: true, detail: `${store.name} answers` }
    } catch (error) {
      const detail = error instanceof StoreUnavailableError ? error.message : `${store.name} does not answer in time`
      return { name: 'artifacts', ok: false, detail }
    }
  }

  return {
    ...{ area, keep, fetch, health },
    async removeStored(place, but = []) {
      const root = keyOf(place)
      const nameOf = (key: string): string => key.slice(root.length + 1).split('/', 1)[0] ?? ''
      for (const { key } of await objectsAt(store, { key: root })) if (!but.includes(nameOf(key))) await store.remove(key)
    },
    async tidy(isNeeded) {
      for (const kind of ['checkpoints', 'models', 'starts', 'weights'])
        for (const name of await namesIn(path.join(folder, kind))) {
          const place = path.join(folder, kind, name)
          const isUnused = (await usedAtMs(place)) < Date.now() - UNUSED_AFTER_MS // both of this host
          if (isUnused && !(await isNeeded(name))) await rm(place, { recursive: true, force: true })
        }
    },
  }
}

/** The object of a file, or those of a folder. */
export async function objectsAt(store: ObjectStore, { key, ...options }: Abortable & { key: string }) {
  return (await store.list(key, options)).filter((each) => each.key === key || each.key.startsWith(`${key}/`))
}

/** When it, or the newest of what is in it, was changed last. */
async function usedAtMs(place: string): Promise<number> {
  const places = [place, ...(await namesIn(place)).map((name) => path.join(place, name))]
  const times = await Promise.all(places.map(async (each) => (await stat(each).catch(() => null))?.mtimeMs ?? 0))
  return Math.max(...times)
}
