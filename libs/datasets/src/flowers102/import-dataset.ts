import { stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { DatasetMissingError } from '../errors.ts'
import { fileState } from '../files/file-state.ts'
import {
  FLOWERS102_MD5,
  type Flowers102Md5,
  installFlowers102,
  type InstalledDataset,
  takeImages,
  takeMatFiles,
  unpackArchive,
  verifyFile,
} from './install-flowers102.ts'

export interface ImportOptions {
  /** 102flowers.tgz with both .mat files beside it; or a folder with flowers-102 in it; or that folder itself. */
  from: string
  dataFolder: string
  md5?: Flowers102Md5
  signal?: AbortSignal
}

/** Takes Flowers102 from files that are on this machine into the data folder, in place of what is there. At least its train split must be complete. */
export async function importDataset({ from, dataFolder, md5 = FLOWERS102_MD5, signal }: ImportOptions): Promise<InstalledDataset> {
  const source = resolve(from)
  if ((await fileState(source)) === null)
    throw new DatasetMissingError(`There is nothing at ${source}. Name the folder or 102flowers.tgz to import.`)
  const isFolder = (await stat(source)).isDirectory()
  const fill = async (folder: string): Promise<void> => {
    if (isFolder) {
      const unpacked = await findUnpacked(source)
      await takeMatFiles({ from: unpacked, to: folder, md5 })
      await takeImages({ from: join(unpacked, 'jpg'), to: join(folder, 'jpg') })
    } else {
      await takeMatFiles({ from: dirname(source), to: folder, md5 })
      await verifyFile({ file: source, md5: md5['102flowers.tgz'] })
      await unpackArchive({ archive: source, folder })
    }
  }
  return installFlowers102({ dataFolder, signal }, { fill, isDone: () => false })
}

async function findUnpacked(folder: string): Promise<string> {
  for (const candidate of [join(folder, 'flowers-102'), folder]) if ((await fileState(join(candidate, 'jpg'))) !== null) return candidate
  throw new DatasetMissingError(`${folder} holds neither flowers-102/jpg nor jpg. Name the folder that does, or 102flowers.tgz.`)
}
