import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hashOf } from '@trainyard/files'
import { DatasetCorruptError, DatasetMissingError } from '../errors.ts'
import { imageFile, packFlowers102, writeFlowers102 } from './flowers102-fixture.ts'
import { importDataset } from './import-dataset.ts'
import type { Flowers102Md5 } from './install-flowers102.ts'
import { loadSplit } from '../cache/load-split.ts'

let root: string
let unpacked: string
let dataFolder: string
let md5: Flowers102Md5

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'trainyard-import-'))
  dataFolder = join(root, 'data')
  unpacked = await writeFlowers102(root)
  md5 = await packFlowers102({ folder: unpacked, to: join(root, 'packed') })
})
afterEach(() => rm(root, { recursive: true }))

test.each(['.', 'flowers-102', 'packed/102flowers.tgz'])('importDataset() — takes %s, which may be removed afterwards', async (from) => {
  expect((await importDataset({ from: join(root, from), dataFolder, md5 })).splits).toEqual(['train', 'val', 'test'])
  await rm(unpacked, { recursive: true })
  const folders = { data: dataFolder, flowers102: null }
  expect((await loadSplit({ dataset: 'flowers102', split: 'train', imageSize: 8, folders })).labels.slice(0, 7)).toEqual(
    Uint8Array.of(0, 1, 2, 3, 4, 5, 0),
  )
})

test('importDataset() — a truncated archive is refused by name, and nothing is left of it', async () => {
  const archive = join(root, 'packed', '102flowers.tgz')
  await truncate(archive, (await stat(archive)).size - 50)
  const failure = importDataset({ from: archive, dataFolder, md5 })
  await expect(failure).rejects.toThrow(DatasetCorruptError)
  await expect(failure).rejects.toThrow(/102flowers\.tgz is damaged: its MD5 is/)
  const folders = { data: dataFolder, flowers102: null }
  await expect(loadSplit({ dataset: 'flowers102', split: 'train', imageSize: 8, folders })).rejects.toThrow(/is not here/)
})

test('importDataset() — an archive that cannot be unpacked is refused by name', async () => {
  const archive = join(root, 'packed', '102flowers.tgz')
  const { length } = await readFile(archive)
  await truncate(archive, length - 50)
  const truncated = await hashOf(archive, 'md5')
  await expect(importDataset({ from: archive, dataFolder, md5: { ...md5, '102flowers.tgz': truncated } })).rejects.toThrow(
    /cannot be unpacked/,
  )
})

test('importDataset() — refuses a changed label file, a folder without images, and a train split with a gap', async () => {
  await writeFile(join(unpacked, 'imagelabels.mat'), 'not it')
  await expect(importDataset({ from: unpacked, dataFolder, md5 })).rejects.toThrow(/imagelabels\.mat is damaged/)
  await expect(importDataset({ from: join(root, 'packed'), dataFolder, md5 })).rejects.toThrow(/holds neither/)
  await expect(importDataset({ from: join(root, 'nothing'), dataFolder, md5 })).rejects.toThrow(DatasetMissingError)
  await rm(imageFile(unpacked, 3))
  await writeFile(join(unpacked, 'imagelabels.mat'), await readFile(join(root, 'packed', 'imagelabels.mat')))
  await expect(importDataset({ from: unpacked, dataFolder, md5 })).rejects.toThrow(/image_00003\.jpg is missing/)
})
