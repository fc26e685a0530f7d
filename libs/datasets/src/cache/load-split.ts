import { CLASSES } from '@trainyard/contracts'
import { withWriteErrors } from '../errors.ts'
import { withFileLock } from '../files/file-lock.ts'
import { type DatasetFolders, type ImageSplit, type OnDatasetProgress, type SplitKey, WAITING } from '../image-split.ts'
import { renderImages } from '../images/render-images.ts'
import { readSplitCache, splitCacheFile, writeSplitCache } from './split-cache.ts'
import { findOrigin, type Origin } from './split-origin.ts'

export interface LoadSplitOptions extends SplitKey {
  folders: DatasetFolders
  onProgress?: OnDatasetProgress
  onWarning?: (message: string) => void
  signal?: AbortSignal
}

/** The images of a split: from its verified cache file, or else decoded (drawn) in parallel and cached. */
export async function loadSplit(options: LoadSplitOptions): Promise<ImageSplit> {
  const { dataset, split, imageSize, folders, onProgress, signal } = options
  signal?.throwIfAborted()
  const key = { dataset, split, imageSize }
  const origin = await findOrigin(options)
  const file = splitCacheFile(folders.data, key)
  const cached = await readSplitCache(file, { key, fingerprint: origin.fingerprint })
  if (cached.split) return cached.split
  const make = async (): Promise<ImageSplit> => {
    // Another process may have made it while we waited.
    const now = await readSplitCache(file, { key, fingerprint: origin.fingerprint })
    return now.split ?? makeSplit({ ...options, key, file, origin, fault: now.fault })
  }
  return withWriteErrors({ folder: folders.data, needed: 'a cache of decoded images' }, () =>
    withFileLock({ file: `${file}.lock`, signal, onWait: () => onProgress?.({ phase: 'decode', fraction: 0, detail: WAITING }) }, make),
  )
}

interface MakeSplitOptions extends LoadSplitOptions {
  key: SplitKey
  file: string
  origin: Origin
  /** What is wrong with the cache file that is there. */
  fault: string | null
}

async function makeSplit({ key, file, origin, fault, onProgress, onWarning, signal }: MakeSplitOptions): Promise<ImageSplit> {
  if (fault) onWarning?.(`The cache file ${file} cannot be used (${fault}); it is being rebuilt.`)
  const { source, labels, fingerprint } = origin
  const count = labels.length
  const shared = await renderImages({ source, count, imageSize: key.imageSize, onProgress, signal })
  const sha256 = await writeSplitCache(file, { key, fingerprint, labels, pixels: shared })
  return { ...key, count, classes: CLASSES, pixels: new Uint8Array(shared), labels, sha256 }
}
