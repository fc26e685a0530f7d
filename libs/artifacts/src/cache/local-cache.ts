import { readdir, rm, stat, utimes } from 'node:fs/promises'
import path from 'node:path'
import type { Readiness } from '@trainyard/contracts'
import { keyOf } from '../kinds/places.ts'
import { type Abortable, objectsAt, type RemoteStore, StoreUnavailableError } from '../store/object-store.ts'

const HEALTH_TIMEOUT_MS = 3000
/** An entry that was fetched or used within an hour may be in use, or is likely to be used again. */
const CACHE_TTL_MS = 3_600_000

/** A folder on this host's disk, which is all that trainers know, as a cache of a remote store: both have the same layout. */
export interface LocalCache {
  /** Puts what lies at a place of the folder, a file or a folder's files, into the store. */
  keep(place: string, options?: Abortable): Promise<void>
  /** Brings what the store has of a place; what is here in the same size stays. False: the store has nothing of it. */
  fetch(place: string, options?: Abortable): Promise<boolean>
  /** For /readyz. Never throws. */
  health(): Promise<Readiness['checks'][number]>
  /** Removes from the folder what belongs to no experiment that goes on, by its id or its initial checkpoint's token, and has not been used for an hour. */
  evict(isNeeded: (idOrToken: string) => Promise<boolean>): Promise<void>
}

export function createLocalCache({ folder, store }: { folder: string; store: RemoteStore }): LocalCache {
  return {
    async keep(place, options = {}) {
      const isFolder = (await stat(place)).isDirectory()
      const files = isFolder ? (await readdir(place)).map((name) => path.join(place, name)) : [place]
      for (const file of files) await store.putFile(keyOf(folder, file), { ...options, file })
    },
    async fetch(place, options = {}) {
      const objects = await objectsAt(store, { key: keyOf(folder, place), ...options })
      for (const { key, bytes } of objects) {
        const file = path.join(folder, key)
        const here = await stat(file).catch(() => null)
        if (here?.size !== bytes) await store.getFile(key, { ...options, file })
      }
      const now = new Date()
      if (objects.length > 0) await utimes(place, now, now)
      return objects.length > 0
    },
    async health() {
      try {
        await store.list('', { atMost: 1, signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) })
        return { name: 'artifacts', ok: true, detail: `${store.name} answers` }
      } catch (error) {
        const detail = error instanceof StoreUnavailableError ? error.message : `${store.name} does not answer in time`
        return { name: 'artifacts', ok: false, detail }
      }
    },
    async evict(isNeeded) {
      for (const kind of ['checkpoints', 'models', 'starts', 'weights'])
        for (const name of await namesIn(path.join(folder, kind))) {
          const place = path.join(folder, kind, name)
          const isUnused = (await usedAtMs(place)) < Date.now() - CACHE_TTL_MS // both of this host
          if (isUnused && !(await isNeeded(name))) await rm(place, { recursive: true, force: true })
        }
    },
  }
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => [])

/** When it, or the newest of what is in it, was changed last. */
async function usedAtMs(place: string): Promise<number> {
  const places = [place, ...(await namesIn(place)).map((name) => path.join(place, name))]
  const times = await Promise.all(places.map(async (each) => (await stat(each).catch(() => null))?.mtimeMs ?? 0))
  return Math.max(...times)
}
