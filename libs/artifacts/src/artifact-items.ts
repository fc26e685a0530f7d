import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Artifacts } from './artifacts.ts'
import { namesIn } from './names-in.ts'

/** A checkpoint's file, a model's folder or a start's, or uploaded weights, with what is in it. */
export interface ArtifactItem {
  /** The experiment's id, the start's token, or the upload's name. */
  id: string
  /** Its name in the experiment's folder, which a record may name. */
  name: string
  place: string
  files: number
  bytes: number
}

/** All checkpoints and models of experiments. */
export async function experimentItems({ checkpoints, models }: Artifacts): Promise<ArtifactItem[]> {
  const roots = [checkpoints, models]
  const items = roots.map(async (folders) => {
    const ids = await folders.list()
    const places = ids.map(async (id) =>
      (await namesIn(folders.folderOf(id))).map((name) => ({ id, name, place: folders.pathOf(id, name) })),
    )
    return Promise.all((await Promise.all(places)).flat().map(withSize))
  })
  return (await Promise.all(items)).flat()
}

/** The files that hold what Redis no longer does. */
export async function resultItems({ results }: Artifacts): Promise<ArtifactItem[]> {
  const ids = await results.list()
  return Promise.all(ids.map((id) => withSize({ id, name: 'results', place: results.pathOf(id) })))
}

export interface StartItem extends ArtifactItem {
  madeAtMs: number
}

export async function startItems({ starts }: Artifacts): Promise<StartItem[]> {
  const found = await starts.list()
  return Promise.all(
    found.map(async ({ token, madeAtMs }) => ({
      madeAtMs,
      ...(await withSize({ id: token, name: token, place: starts.folderOf(token) })),
    })),
  )
}

export interface WeightsItem extends ArtifactItem {
  usedAtMs: number
}

export async function weightsItems({ weights }: Artifacts): Promise<WeightsItem[]> {
  const found = await weights.list()
  return Promise.all(found.map(async ({ name, place, usedAtMs }) => ({ usedAtMs, ...(await withSize({ id: name, name, place })) })))
}

async function withSize(item: Pick<ArtifactItem, 'id' | 'name' | 'place'>): Promise<ArtifactItem> {
  const found = await stat(item.place).catch(() => null) // what is being removed at this moment has no size
  if (!found?.isDirectory()) return { ...item, files: found ? 1 : 0, bytes: found?.size ?? 0 }
  const names = await readdir(item.place).catch(() => [])
  const sizes = await Promise.all(names.map(async (name) => (await stat(path.join(item.place, name)).catch(() => null))?.size ?? 0))
  return { ...item, files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) }
}
