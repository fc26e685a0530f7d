import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { linkOrCopy, writeWhole } from '@trainyard/files'
import type { ObjectStore, StoredObject } from './object-store.ts'

/** Objects as files of a folder: a key is the path of its file in the folder. */
export function createFolderStore(folder: string): ObjectStore {
  const fileOf = (key: string): string => path.join(folder, key)

  async function objectOf(file: string): Promise<StoredObject | null> {
    const found = await orNull(stat(file))
    if (!found?.isFile()) return null
    // a hard link has its file's time of writing; making the link sets the time of change
    const modifiedAtMs = Math.max(found.mtimeMs, found.ctimeMs)
    return { key: path.relative(folder, file).split(path.sep).join('/'), bytes: found.size, modifiedAtMs }
  }

  /** This one and those above it, as far as they are empty: another attempt may be writing here just now. */
  async function removeEmptyFolders(key: string): Promise<void> {
    for (let each = key; each !== '.'; each = path.dirname(each))
      if (
        !(await rmdir(fileOf(each)).then(
          () => true,
          () => false,
        ))
      )
        return
  }

  return {
    name: folder,
    async list(prefix) {
      const root = fileOf(prefix.slice(0, prefix.lastIndexOf('/') + 1))
      const names = (await orNull(readdir(root, { recursive: true }))) ?? []
      const objects = await Promise.all(names.map((name) => objectOf(path.join(root, name))))
      return objects.filter((each) => each !== null).filter(({ key }) => key.startsWith(prefix))
    },
    async open(key) {
      const handle = await orNull(open(fileOf(key)))
      return handle && { bytes: (await handle.stat()).size, stream: handle.createReadStream() }
    },
    async put(key, bytes) {
      const file = fileOf(key)
      await writeWhole(file, (part) => writeFile(part, bytes, { flush: true }), { part: `${file}.${randomUUID()}.part` })
    },
    async copy(from, to) {
      await mkdir(path.dirname(fileOf(to)), { recursive: true })
      return (await orNull(linkOrCopy(fileOf(from.key), fileOf(to)).then(() => true))) ?? false
    },
    async remove(key) {
      await rm(fileOf(key), { recursive: true, force: true })
      await removeEmptyFolders(path.dirname(key))
    },
    async removeAll(key, except = []) {
      const names = (await orNull(readdir(fileOf(key)))) ?? []
      const gone = names.filter((name) => !except.includes(name))
      await Promise.all(gone.map((name) => rm(path.join(fileOf(key), name), { recursive: true, force: true })))
      if (gone.length < names.length) return
      await removeEmptyFolders(key)
    },
    link: async () => null,
    nowMs: () => Date.now(),
  }
}

/** null where there is no such file, or no such folder. */
async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null
    throw error
  }
}
