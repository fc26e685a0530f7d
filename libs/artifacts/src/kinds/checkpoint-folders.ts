import { rm } from 'node:fs/promises'
import path from 'node:path'
import { namesIn } from './list-dir.ts'

export interface CheckpointFolders {
  /** Where an experiment's trainer writes; it makes the folder itself. */
  folderOf(experimentId: string): string
  pathOf(experimentId: string, file: string): string
  remove(experimentId: string, file: string): Promise<void>
  /** Removes what no record names: orphanedArtifacts of earlier attempts, and torn files. */
  removeAllBut(experimentId: string, files: readonly string[]): Promise<void>
  removeAll(experimentId: string): Promise<void>
  /** Experiments that have a folder. */
  list(): Promise<string[]>
}

export function createCheckpointFolders(root: string): CheckpointFolders {
  const folderOf = (experimentId: string) => path.join(root, path.basename(experimentId))
  // A file's name comes from another process: it never leads out of the folder.
  const fileOf = (experimentId: string, file: string) => path.join(folderOf(experimentId), path.basename(file))
  return {
    folderOf,
    pathOf: fileOf,
    remove: (experimentId, file) => rm(fileOf(experimentId, file), { force: true }),
    async removeAllBut(experimentId, files) {
      const names = await namesIn(folderOf(experimentId))
      await Promise.all(names.filter((name) => !files.includes(name)).map((name) => rm(fileOf(experimentId, name), { force: true })))
    },
    removeAll: (experimentId) => rm(folderOf(experimentId), { recursive: true, force: true }),
    list: () => namesIn(root),
  }
}
