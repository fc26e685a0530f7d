import path from 'node:path'
import { z } from 'zod'
import type { OpenObject } from '../store/object-store.ts'
import { keyOf, type Places, removeCopies } from './places.ts'

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

/** Models by experiment and by the attempt that wrote them. Trainers write; this finds, reads and removes. */
export interface Models {
  /** Where an attempt's trainer puts the model; it writes beside it, as `<folder>.part`, and renames. */
  pathOf(experimentId: string, folder: string): string
  /** null where it is not there. */
  open(at: ModelFileAt): Promise<OpenObject | null>
  /** An address that users' machines can read it from for some minutes; null: there is none. */
  link(at: ModelFileAt): Promise<string | null>
  /** Removes one attempt's model, whole or torn. */
  remove(experimentId: string, folder: string): Promise<void>
  /** Removes what no record names: models of attempts that did not end the experiment, and torn ones. */
  removeAllBut(experimentId: string, folders: readonly string[]): Promise<void>
}

export function createModels(places: Places): Models {
  const { folder: root, store } = places
  // Names come from other processes: they never lead out of the folder.
  const folderOf = (experimentId: string): string => path.join(root, 'models', path.basename(experimentId))
  const pathOf = (experimentId: string, folder: string): string => path.join(folderOf(experimentId), path.basename(folder))
  const keyOfFile = ({ experimentId, folder, file }: ModelFileAt): string => keyOf(root, path.join(pathOf(experimentId, folder), file))
  return {
    pathOf,
    open: (at) => store.open(keyOfFile(at)),
    async link(at) {
      const filename = at.file === 'model.safetensors' ? { filename: `${at.experimentId}.safetensors` } : {}
      const link = await store.link(keyOfFile(at), { type: MODEL_TYPES[at.file], ...filename })
      if (link === null || (await store.list(keyOfFile(at))).length === 0) return null
      return link
    },
    async remove(experimentId, folder) {
      for (const name of [folder, `${folder}.part`]) await removeCopies(places, pathOf(experimentId, name))
    },
    removeAllBut: (experimentId, folders) => removeCopies(places, folderOf(experimentId), folders),
  }
}
