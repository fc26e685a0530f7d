import { readdir, rm, rmdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { FolderArtifacts } from '../artifacts.ts'
import { namesIn } from './list-dir.ts'

/** A checkpoint's file, a model's folder or a start's, uploaded weights or archived results, with what is in it. */
export interface ArtifactItem {
  /** The experiment's id, the start's token, or the upload's name. */
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

export async function folderItems({ checkpoints, models, results, starts, weights }: FolderArtifacts): Promise<ArtifactItems> {
  const ofExperiments = [checkpoints, models].map(async (folders) => {
    const ids = await folders.list()
    const places = ids.map(async (id) =>
      (await namesIn(folders.folderOf(id))).map((name) => ({ id, name, place: folders.pathOf(id, name) })),
    )
    return (await Promise.all(places)).flat()
  })
  const withSizes = (places: readonly Place[]): Promise<ArtifactItem[]> => Promise.all(places.map(withSize))
  return {
    experiments: await withSizes((await Promise.all(ofExperiments)).flat()),
    results: await withSizes((await results.list()).map((id) => ({ id, name: 'results', place: results.pathOf(id) }))),
    starts: await withSizes((await starts.list()).map((token) => ({ id: token, name: token, place: starts.folderOf(token) }))),
    weights: await withSizes((await weights.list()).map(({ name, place }) => ({ id: name, name, place }))),
    nowMs: Date.now(),
  }
}

type Place = Pick<ArtifactItem, 'id' | 'name'> & { place: string }

async function withSize({ id, name, place }: Place): Promise<ArtifactItem> {
  const found = await stat(place).catch(() => null) // what is being removed at this moment has no size
  const item = { id, name, atMs: found?.mtimeMs ?? Date.now(), remove: () => removePlace(place) }
  if (!found?.isDirectory()) return { ...item, files: found ? 1 : 0, bytes: found?.size ?? 0 }
  const names = await readdir(place).catch(() => [])
  const sizes = await Promise.all(names.map(async (each) => (await stat(path.join(place, each)).catch(() => null))?.size ?? 0))
  return { ...item, files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) }
}

async function removePlace(place: string): Promise<void> {
  await rm(place, { recursive: true, force: true })
  await rmdir(path.dirname(place)).catch(() => {}) // the experiment's folder, where it is empty now
}
