import path from 'node:path'
import type { ObjectStore } from '../store/object-store.ts'

/** What artifacts of one kind lie in. A place in the folder and its object's key in the store are the same path. */
export interface Places {
  /** Where trainers write and read. */
  folder: string
  /** What counts: the folder itself, or a remote store that it is a cache of. */
  store: ObjectStore
  /** The folder as a store. */
  local: ObjectStore
}

export const keyOf = (folder: string, place: string): string => path.relative(folder, place).split(path.sep).join('/')

/** Removes from the folder and, where there is one, from the remote store. */
export async function removeCopies({ folder, store, local }: Places, place: string, except?: readonly string[]): Promise<void> {
  const key = keyOf(folder, place)
  await local.removeAll(key, except)
  if (store !== local) await store.removeAll(key, except)
}
