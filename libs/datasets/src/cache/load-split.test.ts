import { mkdir, mkdtemp, open, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DatasetCorruptError, DatasetMissingError, DiskFullError } from '../errors.ts'
import { imageFile, matFile, writeFlowers102 } from '../flowers102/flowers102-fixture.ts'
import type { DatasetFolders } from '../image-split.ts'
import { loadSplit } from './load-split.ts'
import { cachedSplits, splitCacheFile } from './split-cache.ts'

let root: string
let folder: string
let folders: DatasetFolders

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'trainyard-load-'))
  folder = await writeFlowers102(root)
  folders = { data: join(root, 'data'), flowers102: root }
})
afterEach(() => rm(root, { recursive: true }))

const key = { dataset: 'flowers102', split: 'train', imageSize: 8 } as const
/** Made in no time, where it does not matter how. */
const synthetic = { ...key, dataset: 'synthetic-flowers' } as const

test('loadSplit() — decodes once, then reads the same from the cache, which cachedSplits() names', async () => {
  expect(await cachedSplits(folders.data)).toEqual([])
  const fractions: number[] = []
  const onProgress = ({ fraction }: { fraction: number }) => fractions.push(fraction)
  const decoded = await loadSplit({ ...key, folders, onProgress })
  expect(decoded).toMatchObject({ ...key, count: 1020, classes: 102 })
  expect(decoded.pixels).toHaveLength(1020 * 3 * 8 * 8)
  // The first image is of one colour, about (40, 215, 128): planes of it, not interleaved pixels.
  for (const [plane, level] of [40, 215, 128].entries())
    for (const value of decoded.pixels.subarray(plane * 64, plane * 64 + 64)) expect(Math.abs(value - level)).toBeLessThan(4)
  expect(fractions.at(-1)).toBe(1)
  expect(fractions).toEqual(fractions.toSorted((a, b) => a - b))
  fractions.length = 0
  const cached = await loadSplit({ ...key, folders, onProgress })
  expect({ ...cached, pixels: [...cached.pixels] }).toEqual({ ...decoded, pixels: [...decoded.pixels] })
  expect(fractions).toEqual([])
  expect(await cachedSplits(folders.data)).toEqual([key])
})

test.each([
  ['a changed pixel', (file: string) => overwrite({ file, at: 5000, bytes: 'x' })],
  ['a changed label', (file: string) => overwrite({ file, at: 1024, bytes: 'x' })],
  ['a damaged header', (file: string) => overwrite({ file, at: 3, bytes: 'x' })],
  ['a missing end', (file: string) => truncate(file, 70_000)],
  ['no content', (file: string) => truncate(file, 0)],
])('loadSplit() — a cache file with %s is rebuilt, with a warning that names it', async (_, damage) => {
  const { sha256 } = await loadSplit({ ...synthetic, folders })
  const file = splitCacheFile(folders.data, synthetic)
  const good = await readFile(file)
  await damage(file)
  const warnings: string[] = []
  expect((await loadSplit({ ...synthetic, folders, onWarning: (message) => warnings.push(message) })).sha256).toBe(sha256)
  expect(warnings).toEqual([expect.stringContaining(file)])
  expect(await readFile(file)).toEqual(good)
})

test('loadSplit() — images that changed are decoded again', async () => {
  const before = await loadSplit({ ...key, folders })
  await writeFile(imageFile(folder, 1), await readFile(imageFile(folder, 2)))
  expect((await loadSplit({ ...key, folders })).sha256).not.toBe(before.sha256)
})

test('loadSplit() — names the corrupt JPEG', async () => {
  await truncate(imageFile(folder, 4), (await stat(imageFile(folder, 4))).size - 10)
  const failure = loadSplit({ ...key, folders })
  await expect(failure).rejects.toThrow(DatasetCorruptError)
  await expect(failure).rejects.toThrow(/image_00004\.jpg is damaged: it cannot be decoded/)
})

test('loadSplit() — names the first image that is missing, in the order of the split', async () => {
  await rm(imageFile(folder, 5))
  await rm(imageFile(folder, 3))
  await expect(loadSplit({ ...key, split: 'test', folders })).rejects.toThrow(/test split .*image_00003\.jpg is missing/)
})

test('loadSplit() — says what to do where there is no folder', async () => {
  const unset = loadSplit({ ...key, folders: { ...folders, flowers102: null } })
  await expect(unset).rejects.toThrow(DatasetMissingError)
  await expect(unset).rejects.toThrow(/`trainyard datasets fetch flowers102`, or set FLOWERS102_ROOT/)
  await expect(loadSplit({ ...key, folders: { ...folders, flowers102: '/nowhere' } })).rejects.toThrow(
    /\/nowhere\/flowers-102\. Set FLOWERS102_ROOT/,
  )
})

test('loadSplit() — names label files that are damaged or do not fit', async () => {
  await writeFile(join(folder, 'imagelabels.mat'), matFile({ labels: [1, 2, 103, 4, 5, 6] }))
  await expect(loadSplit({ ...key, folders })).rejects.toThrow(/imagelabels\.mat is damaged: image 3 has no label/)
  await writeFile(join(folder, 'setid.mat'), matFile({ trnid: [1, 2] }))
  await expect(loadSplit({ ...key, folders })).rejects.toThrow(/setid\.mat is damaged: it lists 2 train images instead of 1020/)
  await truncate(join(folder, 'setid.mat'), 150)
  await expect(loadSplit({ ...key, folders })).rejects.toThrow(/setid\.mat is damaged: it ends in the middle/)
  await rm(join(folder, 'setid.mat'))
  await expect(loadSplit({ ...key, folders })).rejects.toThrow(DatasetMissingError)
})

test('loadSplit() — of several at once, one decodes and all get the same', async () => {
  let decoded = 0
  const onProgress = ({ fraction }: { fraction: number }) => {
    if (fraction === 1) decoded++
  }
  const splits = await Promise.all([1, 2, 3].map(() => loadSplit({ ...synthetic, folders, onProgress })))
  expect(new Set(splits.map(({ sha256 }) => sha256)).size).toBe(1)
  expect(decoded).toBe(1)
})

test('loadSplit() — an abort while decoding ends it with the reason, and leaves no cache file', async () => {
  const controller = new AbortController()
  const reason = new Error('asked to stop')
  const failure = loadSplit({ ...key, imageSize: 64, folders, onProgress: () => controller.abort(reason), signal: controller.signal })
  await expect(failure).rejects.toBe(reason)
  expect(await cachedSplits(folders.data)).toEqual([])
})

test('loadSplit() — a full disk is DISK_FULL', async () => {
  const file = splitCacheFile(folders.data, synthetic)
  await mkdir(dirname(file), { recursive: true })
  await symlink('/dev/full', `${file}.part`) // every write to it fails for lack of space
  await expect(loadSplit({ ...synthetic, folders })).rejects.toThrow(DiskFullError)
})

async function overwrite({ file, at, bytes }: { file: string; at: number; bytes: string }): Promise<void> {
  await using handle = await open(file, 'r+')
  await handle.write(bytes, at)
}
