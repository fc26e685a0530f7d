import { copyFile, link, mkdir, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { namesIn } from './list-dir.ts'

/** What forks and runs with initial weights begin with, each in a folder named for a random token: it must be there before its experiment has an id. */
export interface InitialCheckpointFolders {
  folderOf(token: string): string
  /** Takes over a checkpoint's file, uploaded weights, or a model's folder, so that it stays whatever becomes of its experiment; throws ENOENT where it is gone. */
  takeOver(options: { token: string; from: string }): Promise<void>
  remove(token: string): Promise<void>
  /** Their tokens. */
  list(): Promise<string[]>
}

export function createInitialCheckpointFolders(root: string): InitialCheckpointFolders {
  const folderOf = (token: string): string => path.join(root, path.basename(token))
  const remove = (token: string): Promise<void> => rm(folderOf(token), { recursive: true, force: true })

  async function takeOver({ token, from }: { token: string; from: string }): Promise<void> {
    const isFolder = (await stat(from)).isDirectory()
    const files = isFolder ? (await readdir(from)).map((name) => path.join(from, name)) : [from]
    await mkdir(folderOf(token), { recursive: true })
    try {
      for (const file of files) await linkOrCopy(file, path.join(folderOf(token), path.basename(file)))
    } catch (error) {
      await remove(token)
      throw error
    }
  }

  return { folderOf, takeOver, remove, list: () => namesIn(root) }
}

/** A second name for the same bytes takes no room; file systems that have none are given a copy. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') throw error
    await copyFile(from, to)
  }
}

/** As a file system says it. */
export const goneError = (place: string): Error => Object.assign(new Error(`${place} is gone`), { code: 'ENOENT' })
