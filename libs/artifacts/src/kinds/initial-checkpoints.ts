import path from 'node:path'
import { objectsAt } from '../store/object-store.ts'
import { keyOf, type Places, removeCopies } from './places.ts'

/** What forks and runs with initial weights begin with, each in a folder named for a random token: it must be there before its experiment has an id. */
export interface InitialCheckpoints {
  folderOf(token: string): string
  /** Pins a checkpoint's file, uploaded weights, or a model's folder, so that it outlives its experiment; throws ENOENT where it is gone. */
  pin(options: { token: string; from: string }): Promise<void>
  remove(token: string): Promise<void>
}

export function createInitialCheckpoints(places: Places): InitialCheckpoints {
  const { folder, store } = places
  const folderOf = (token: string): string => path.join(folder, 'starts', path.basename(token))
  const remove = (token: string): Promise<void> => removeCopies(places, folderOf(token))
  return {
    folderOf,
    remove,
    async pin({ token, from }) {
      const objects = await objectsAt(store, { key: keyOf(folder, from) })
      try {
        const copied = objects.map((each) => store.copy(each, keyOf(folder, path.join(folderOf(token), path.basename(each.key)))))
        if (objects.length === 0 || (await Promise.all(copied)).includes(false)) throw goneError(from)
      } catch (error) {
        await remove(token)
        throw error
      }
    },
  }
}

/** The error that a file system raises. */
const goneError = (place: string): Error => Object.assign(new Error(`${place} is gone`), { code: 'ENOENT' })
