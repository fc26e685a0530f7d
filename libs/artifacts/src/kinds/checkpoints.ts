import { rm } from 'node:fs/promises'
import path from 'node:path'
import { keyOf, type Places, removeCopies } from './places.ts'

export interface Checkpoints {
  /** Where an experiment's trainer writes; it makes the folder itself. */
  folderOf(experimentId: string): string
  pathOf(experimentId: string, file: string): string
  remove(experimentId: string, file: string): Promise<void>
  /** Removes what no record names: files of earlier attempts, and torn ones. */
  removeAllBut(experimentId: string, files: readonly string[]): Promise<void>
}

export function createCheckpoints(places: Places): Checkpoints {
  const { folder, store, local } = places
  // Names come from other processes: they never lead out of the folder.
  const folderOf = (experimentId: string): string => path.join(folder, 'checkpoints', path.basename(experimentId))
  const pathOf = (experimentId: string, file: string): string => path.join(folderOf(experimentId), path.basename(file))
  return {
    folderOf,
    pathOf,
    async remove(experimentId, file) {
      // the folder stays, even when it is empty: its trainer may be about to write the next one
      await rm(pathOf(experimentId, file), { force: true })
      // not waited for: a worker removes an old one between two epochs, and what stays goes when the experiment ends
      if (store !== local) void store.remove(keyOf(folder, pathOf(experimentId, file))).catch(() => {})
    },
    removeAllBut: (experimentId, files) => removeCopies(places, folderOf(experimentId), files),
  }
}
