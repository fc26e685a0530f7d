import { open, rm, rmdir } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { z } from 'zod'
import { namesIn } from './list-dir.ts'

/** A kept model's files. */
export const ModelFile = z.enum(['model.json', 'weights.bin', 'model.safetensors'])
export type ModelFile = z.infer<typeof ModelFile>

export const MODEL_TYPES: Record<ModelFile, string> = {
  'model.json': 'application/json',
  'weights.bin': 'application/octet-stream',
  'model.safetensors': 'application/octet-stream',
}

interface ModelFileAt {
  experimentId: string
  folder: string
  file: ModelFile
}

export interface OpenModelFile {
  bytes: number
  /** To be read to its end or destroyed: that closes the file. */
  stream: Readable
}

/** Models by experiment and by the attempt that wrote them, in a folder. Trainers write; this finds, reads and removes. */
export interface ModelFolders {
  folderOf(experimentId: string): string
  /** Where an attempt's trainer puts the model; it writes beside it, as `<folder>.part`, and renames. */
  pathOf(experimentId: string, folder: string): string
  /** null where it is not there. */
  open(at: ModelFileAt): Promise<OpenModelFile | null>
  /** An address that users' machines can read it from for some minutes; null: there is none. */
  link(at: ModelFileAt): Promise<string | null>
  /** Removes one attempt's model, whole or torn. */
  remove(experimentId: string, folder: string): Promise<void>
  /** Removes what no record names: models of attempts that did not end the experiment, and torn ones. */
  removeAllBut(experimentId: string, folders: readonly string[]): Promise<void>
  /** Experiments that have a folder. */
  list(): Promise<string[]>
}

export function createModelFolders(root: string): ModelFolders {
  // Names come from other processes: they never lead out of the folder.
  const folderOf = (experimentId: string) => path.join(root, path.basename(experimentId))
  const pathOf = (experimentId: string, folder: string) => path.join(folderOf(experimentId), path.basename(folder))

  async function removeWhere(experimentId: string, isGone: (name: string) => boolean): Promise<void> {
    const names = await namesIn(folderOf(experimentId))
    const gone = names.filter(isGone).map((name) => pathOf(experimentId, name))
    await Promise.all(gone.map((each) => rm(each, { recursive: true, force: true })))
    if (gone.length < names.length) return
    // Another attempt may be writing a new one just now, so only an empty folder goes.
    await rmdir(folderOf(experimentId)).catch(() => {})
  }

  return {
    folderOf,
    pathOf,
    async open({ experimentId, folder, file }) {
      try {
        const handle = await open(path.join(pathOf(experimentId, folder), file))
        const { size } = await handle.stat()
        return { bytes: size, stream: handle.createReadStream() }
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
        throw error
      }
    },
    link: async () => null,
    remove: (experimentId, folder) => removeWhere(experimentId, (name) => name === folder || name.startsWith(`${folder}.`)),
    removeAllBut: (experimentId, folders) => removeWhere(experimentId, (name) => !folders.includes(name)),
    list: () => namesIn(root),
  }
}
