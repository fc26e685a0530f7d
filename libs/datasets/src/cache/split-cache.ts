import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { CachedSplit, CLASSES, errorMessage } from '@trainyard/contracts'
import { z } from 'zod'
import { cacheFolder, readCacheFile, sha256, writeCacheFile } from '../files/cache-file.ts'
import { systemErrorCode } from '../files/system-error.ts'
import type { ImageSplit, SplitKey } from '../image-split.ts'

/** Of a cache file that holds the labels, then the pixels. */
const Header = z.object({
  format: z.literal('trainyard split'),
  version: z.literal(1),
  ...CachedSplit.shape,
  count: z.int(),
  fingerprint: z.string(),
  labelsSha256: z.string(),
  pixelsSha256: z.string(),
})
type Header = z.infer<typeof Header>

/** A split in the cache, or why there is none: null when there is no file, else what is wrong with it. */
export type CacheLookup = { split: ImageSplit } | { split: null; fault: string | null }

export function splitCacheFile(dataFolder: string, { dataset, split, imageSize }: SplitKey): string {
  return join(cacheFolder(dataFolder), `${dataset}-${split}-${imageSize}.split`)
}

/** Which decoded splits lie in the cache, by their files' names; they are verified when they are loaded. */
export async function cachedSplits(dataFolder: string): Promise<CachedSplit[]> {
  const names: string[] = await readdir(cacheFolder(dataFolder)).catch(() => [])
  return names.toSorted().flatMap((name) => {
    const [, dataset, split, size] = /^(.+)-(train|val|test)-(\d+)\.split$/.exec(name) ?? []
    const held = CachedSplit.safeParse({ dataset, split, imageSize: Number(size) })
    return held.success ? [held.data] : []
  })
}

/** Returns the SHA-256 of the pixels. */
export async function writeSplitCache(
  file: string,
  { key, fingerprint, labels, pixels }: { key: SplitKey; fingerprint: string; labels: Uint8Array; pixels: Uint8Array },
): Promise<string> {
  const pixelsSha256 = await sha256(pixels)
  const header: Header = {
    format: 'trainyard split',
    version: 1,
    ...key,
    count: labels.length,
    fingerprint,
    labelsSha256: await sha256(labels),
    pixelsSha256,
  }
  await writeCacheFile(file, { header, arrays: [labels, pixels], needed: `${Math.ceil(pixels.length / 1e6)} MB of decoded images` })
  return pixelsSha256
}

/** Reads and verifies a cached split. A fingerprint other than the wanted one means other images, or another way to make them. */
export async function readSplitCache(file: string, { key, fingerprint }: { key: SplitKey; fingerprint: string }): Promise<CacheLookup> {
  try {
    return await readCacheFile(file, Header, async ({ header, next }): Promise<CacheLookup> => {
      if (!isDeepStrictEqual({ ...key, fingerprint }, { ...CachedSplit.parse(header), fingerprint: header.fingerprint }))
        return { split: null, fault: 'it was made from other files' }
      const labels = await next(header.count)
      const pixels = await next(header.count * 3 * key.imageSize ** 2)
      if (labels.sha256 !== header.labelsSha256 || pixels.sha256 !== header.pixelsSha256)
        return { split: null, fault: 'its SHA-256 is wrong' }
      return { split: { ...key, count: header.count, classes: CLASSES, labels: labels.bytes, pixels: pixels.bytes, sha256: pixels.sha256 } }
    })
  } catch (error) {
    return { split: null, fault: systemErrorCode(error) === 'ENOENT' ? null : errorMessage(error) }
  }
}
