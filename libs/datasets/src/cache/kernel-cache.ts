import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { CachedSplit, errorMessage } from '@trainyard/contracts'
import { z } from 'zod'
import { cacheFolder, readCacheFile, sha256, writeCacheFile } from '../files/cache-file.ts'
import { systemErrorCode } from '../files/system-error.ts'
import type { ImageSplit } from '../image-split.ts'

/** What a kernel is of: one split's images against the train split's. */
export type KernelSplits = Record<'rows' | 'columns', Pick<ImageSplit, 'dataset' | 'split' | 'imageSize' | 'count' | 'sha256'>>

/** Of a cache file that holds one array: the inner products of two splits' images as bytes, (rows, columns) float64. */
const Header = z.object({
  format: z.literal('trainyard kernel'),
  version: z.literal(1),
  ...CachedSplit.shape,
  rows: z.int(),
  columns: z.int(),
  rowsSha256: z.string().describe('of the pixels'),
  columnsSha256: z.string(),
  sha256: z.string(),
})

export interface LoadKernelOptions extends KernelSplits {
  /** The data directory. */
  folder: string
  /** Makes it where the cache has none; a second, or some. */
  compute: () => Promise<Float64Array>
  onWarning: (message: string) => void
}

/**
 * The inner products of two splits' images as bytes, row by row: from its verified cache file, or else computed and cached. A cache that cannot be written
 * is a warning: what was computed is there all the same. Two processes that compute it write the same file.
 */
export async function loadKernel({ folder, rows, columns, compute, onWarning }: LoadKernelOptions): Promise<Float64Array> {
  const { dataset, split, imageSize } = rows
  const file = join(cacheFolder(folder), `${dataset}-${split}-${imageSize}.kernel`)
  const wanted = {
    dataset,
    split,
    imageSize,
    rows: rows.count,
    columns: columns.count,
    rowsSha256: rows.sha256,
    columnsSha256: columns.sha256,
  }
  const cached = await readKernel(file, wanted)
  if (cached.products) return cached.products
  if (cached.fault) onWarning(`The cache file ${file} cannot be used (${cached.fault}); it is being rebuilt.`)
  const products = await compute()
  const bytes = new Uint8Array(products.buffer, products.byteOffset, products.byteLength)
  const header = { format: 'trainyard kernel', version: 1, ...wanted, sha256: await sha256(bytes) }
  await writeCacheFile(file, { header, arrays: [bytes], needed: `${Math.ceil(bytes.length / 1e6)} MB of images' products` }).catch(
    (error: unknown) => onWarning(`The images' products are computed, but not cached: ${errorMessage(error)}`),
  )
  return products
}

type CachedKernel = { products: Float64Array } | { products: null; fault: string | null }

async function readKernel(file: string, wanted: object): Promise<CachedKernel> {
  try {
    return await readCacheFile(file, Header, async ({ header, next }): Promise<CachedKernel> => {
      const { format: _format, version: _version, sha256: expected, ...made } = header
      if (!isDeepStrictEqual(made, wanted)) return { products: null, fault: 'it was made from other images' }
      const { bytes, sha256: found } = await next(Float64Array.BYTES_PER_ELEMENT * made.rows * made.columns)
      if (found !== expected) return { products: null, fault: 'its SHA-256 is wrong' }
      return { products: new Float64Array(bytes.buffer) }
    })
  } catch (error) {
    return { products: null, fault: systemErrorCode(error) === 'ENOENT' ? null : errorMessage(error) }
  }
}
