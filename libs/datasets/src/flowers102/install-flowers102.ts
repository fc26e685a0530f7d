import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errorMessage, SplitName } from '@trainyard/contracts'
import { hashOf, linkOrCopy } from '@trainyard/files'
import { extract } from 'tar'
import { systemErrorCode } from '../system-error.ts'
import { DatasetCorruptError, DatasetMissingError, FULL_CODES, withWriteErrors } from '../errors.ts'
import { withFileLock } from '../files/file-lock.ts'
import { fileState } from '../files/file-state.ts'
import { listFlowers102, ownFlowers102Root } from './flowers102-files.ts'
import { type OnDatasetProgress, WAITING } from '../image-split.ts'

/** The published files by name, with the MD5 of each: those that torchvision checks. */
export const FLOWERS102_MD5 = {
  '102flowers.tgz': '52808999861908f626f3c1f4e79d11fa',
  'setid.mat': 'a5357ecc9cb78c4bef273ce3793fc85c',
  'imagelabels.mat': 'e0620be6f572b9609742df49c70aed4d',
}
export type Flowers102File = keyof typeof FLOWERS102_MD5
export type Flowers102Md5 = Record<Flowers102File, string>

const IMAGES_PER_REPORT = 500
const MAT_FILES = ['setid.mat', 'imagelabels.mat'] as const

/** What is in place now. */
export interface InstalledDataset {
  folder: string
  /** The splits whose images are all there. */
  splits: SplitName[]
}

interface InstallOptions {
  dataFolder: string
  onProgress?: OnDatasetProgress | undefined
  signal?: AbortSignal | undefined
}

/**
 * Puts a flowers-102 folder in place: `fill` fills a folder beside it, which takes its name once at least the train split is complete.
 * One process at a time does so; `isDone` lets those that waited leave.
 */
export async function installFlowers102(
  { dataFolder, onProgress, signal }: InstallOptions,
  { fill, isDone }: { fill: (folder: string) => Promise<void>; isDone: (installed: InstalledDataset) => boolean },
): Promise<InstalledDataset> {
  const root = ownFlowers102Root(dataFolder)
  const folder = join(root, 'flowers-102')
  const filling = join(root, 'filling')
  const replaceFolder = async (): Promise<void> => {
    await rm(filling, { recursive: true, force: true }) // of a process that died
    await mkdir(filling)
    await fill(filling)
    await listFlowers102({ folder: filling, split: 'train' })
    await rm(folder, { recursive: true, force: true })
    await rename(filling, folder)
  }
  const install = async (): Promise<InstalledDataset> => {
    const installed = { folder, splits: await completeSplits(folder) }
    if (isDone(installed)) return installed
    try {
      await replaceFolder()
    } finally {
      await rm(filling, { recursive: true, force: true, maxRetries: 5 }) // a failed unpacking may still be writing
    }
    return { folder, splits: await completeSplits(folder) }
  }
  return withWriteErrors({ folder: root, needed: 'Flowers102 (345 MB packed, 345 MB unpacked)' }, () =>
    withFileLock(
      { file: join(root, 'lock'), signal, onWait: () => onProgress?.({ phase: 'download', fraction: 0, detail: WAITING }) },
      install,
    ),
  )
}

async function completeSplits(folder: string): Promise<SplitName[]> {
  const splits: SplitName[] = []
  for (const split of SplitName.options) {
    const isComplete = await listFlowers102({ folder, split }).then(
      () => true,
      () => false,
    )
    if (isComplete) splits.push(split)
  }
  return splits
}

/** Refuses a file that is not the published one. */
export async function verifyFile({ file, md5 }: { file: string; md5: string }): Promise<void> {
  if ((await fileState(file)) === null) throw new DatasetMissingError(`${file} is missing. Put the published file there.`)
  const found = await hashOf(file, 'md5')
  if (found !== md5) throw new DatasetCorruptError({ file, fault: `its MD5 is ${found}, that of the published file is ${md5}` })
}

/** Unpacks jpg/ of the published archive into `folder`; nothing else in it, whatever it is called. */
export async function unpackArchive({
  archive,
  folder,
  onImages,
}: {
  archive: string
  folder: string
  /** Called every few hundred images. */
  onImages?: (count: number) => void
}): Promise<void> {
  let count = 0
  const onReadEntry = (): void => {
    count += 1
    if (count % IMAGES_PER_REPORT === 0) onImages?.(count)
  }
  const filter = (path: string): boolean => /^(\.\/)?jpg\/(image_\d{5}\.jpg)?$/.test(path)
  try {
    await extract({ file: archive, cwd: folder, strict: true, filter, onReadEntry })
  } catch (error) {
    if (FULL_CODES.includes(systemErrorCode(error))) throw error
    throw new DatasetCorruptError({ file: archive, fault: `it cannot be unpacked (${errorMessage(error)})`, cause: error })
  }
}

/** Takes over verified label files from one folder into another. */
export async function takeMatFiles({ from, to, md5 }: { from: string; to: string; md5: Flowers102Md5 }): Promise<void> {
  for (const name of MAT_FILES) {
    await verifyFile({ file: join(from, name), md5: md5[name] })
    await linkOrCopy(join(from, name), join(to, name))
  }
}

export async function takeImages({ from, to }: { from: string; to: string }): Promise<void> {
  await mkdir(to)
  for (const name of await readdir(from)) await linkOrCopy(join(from, name), join(to, name))
}
