import { rm, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { download, DownloadError, hashOf } from '@trainyard/files'
import { DiskFullError, DownloadFailedError } from '../errors.ts'
import { fileState } from '../files/file-state.ts'
import { ownFlowers102Root } from './flowers102-files.ts'
import type { OnDatasetProgress } from '../image-split.ts'
import {
  FLOWERS102_MD5,
  type Flowers102File,
  type Flowers102Md5,
  installFlowers102,
  type InstalledDataset,
  takeMatFiles,
  unpackArchive,
} from './install-flowers102.ts'

export interface Flowers102Source {
  /** Ends in a slash; the files' names follow. */
  baseUrl: string
  md5: Flowers102Md5
}

/** Where its authors publish it. */
export const PUBLISHED_FLOWERS102: Flowers102Source = { baseUrl: 'https://www.robots.ox.ac.uk/~vgg/data/flowers/102/', md5: FLOWERS102_MD5 }

export interface FetchOptions {
  dataFolder: string
  source: Flowers102Source
  onProgress?: OnDatasetProgress
  signal?: AbortSignal
}

/** Downloads and unpacks Flowers102 into the data folder, unless it is there. A failed attempt is taken up where it broke. */
export async function fetchDataset({ dataFolder, source, onProgress, signal }: FetchOptions): Promise<InstalledDataset> {
  const downloads = join(ownFlowers102Root(dataFolder), 'downloads')
  const fill = async (folder: string): Promise<void> => {
    const fetchFile = (name: Flowers102File) =>
      downloadFile({
        url: source.baseUrl + name,
        to: join(downloads, name),
        md5: source.md5[name],
        onBytes: (done, total) =>
          onProgress?.({ phase: 'download', fraction: total ? done / total : 0, detail: progressText({ name, done, total }) }),
        signal,
      })
    // The small files first: an address that is wrong shows at once.
    await fetchFile('setid.mat')
    await fetchFile('imagelabels.mat')
    await fetchFile('102flowers.tgz')
    const unpacking = (count: number): void =>
      onProgress?.({ phase: 'download', fraction: 1, detail: `unpacking 102flowers.tgz${count > 0 ? `, ${count} images` : ''}` })
    unpacking(0)
    await unpackArchive({ archive: join(downloads, '102flowers.tgz'), folder, onImages: unpacking })
    await takeMatFiles({ from: downloads, to: folder, md5: source.md5 })
  }
  const installed = await installFlowers102({ dataFolder, onProgress, signal }, { fill, isDone: ({ splits }) => splits.length === 3 })
  await rm(downloads, { recursive: true, force: true })
  return installed
}

function progressText({ name, done, total }: { name: string; done: number; total: number | null }): string {
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1)
  return `${name}: ${megabytes(done)}${total === null ? '' : ` of ${megabytes(total)}`} MB`
}

interface FileDownload {
  url: string
  to: string
  md5: string
  onBytes: (done: number, total: number | null) => void
  signal: AbortSignal | undefined
}

/** Downloads what is not there yet. What came of an attempt that failed is kept, and the next one goes on from there. */
async function downloadFile({ url, to, md5, onBytes, signal }: FileDownload): Promise<void> {
  if ((await fileState(to)) !== null && (await hashOf(to, 'md5')) === md5) return
  const onLength = (bytes: number): Promise<void> => refuseFullDisk({ folder: dirname(to), bytes })
  try {
    await download({ url, to, hash: { algorithm: 'md5', hex: md5 }, onLength, onBytes, signal })
  } catch (error) {
    if (error instanceof DownloadError) throw new DownloadFailedError({ url, fault: error.message, cause: error })
    throw error
  }
}

async function refuseFullDisk({ folder, bytes }: { folder: string; bytes: number }): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize < bytes) throw new DiskFullError({ folder, needed: `a download of ${Math.ceil(bytes / 1e6)} MB` })
}
