import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { DiskFullError, DownloadFailedError } from '../errors.ts'
import { fetchDataset, type Flowers102Source } from './fetch-dataset.ts'
import { type FileServer, serveFolder } from '../files/file-server-fixture.ts'
import { packFlowers102, writeFlowers102 } from './flowers102-fixture.ts'
import { loadSplit } from '../cache/load-split.ts'

let published: string
let md5: Flowers102Source['md5']
let folder: string
let server: FileServer
let source: Flowers102Source

beforeAll(async () => {
  published = await mkdtemp(join(tmpdir(), 'trainyard-published-'))
  md5 = await packFlowers102({ folder: await writeFlowers102(published), to: published })
})
afterAll(() => rm(published, { recursive: true }))
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-fetch-'))
  server = await serveFolder(published)
  source = { baseUrl: server.baseUrl, md5 }
})
afterEach(async () => {
  server.close()
  await rm(folder, { recursive: true })
})

const archiveSize = async () => (await stat(join(published, '102flowers.tgz'))).size

test('fetchDataset() — downloads, unpacks, reports progress, and leaves a dataset that loads; a second call sends no request', async () => {
  const fractions: number[] = []
  const onProgress = ({ fraction }: { fraction: number }) => fractions.push(fraction)
  expect(await fetchDataset({ dataFolder: folder, source, onProgress })).toMatchObject({ splits: ['train', 'val', 'test'] })
  expect(fractions.at(-1)).toBe(1)
  expect(await readdir(join(folder, 'datasets', 'flowers102'))).toEqual(['flowers-102', 'lock'])
  const folders = { data: folder, flowers102: null }
  expect((await loadSplit({ dataset: 'flowers102', split: 'val', imageSize: 8, folders })).count).toBe(1020)
  const { length } = server.requests
  await fetchDataset({ dataFolder: folder, source })
  expect(server.requests).toHaveLength(length)
})

test('fetchDataset() — a connection that breaks is an error, and the next attempt asks only for the rest', async () => {
  const size = await archiveSize()
  const bytes = size - 100
  server.stallAfter({ name: '102flowers.tgz', bytes })
  const onProgress = ({ fraction }: { fraction: number }) => {
    if (fraction === bytes / size) server.breakStalled()
  }
  await expect(fetchDataset({ dataFolder: folder, source, onProgress })).rejects.toThrow(
    /102flowers.tgz could not be downloaded: the connection broke/,
  )
  server.stallAfter(null)
  expect((await fetchDataset({ dataFolder: folder, source })).splits).toHaveLength(3)
  expect(server.requests.at(-1)).toEqual({ name: '102flowers.tgz', range: `bytes=${bytes}-` })
})

test('fetchDataset() — a file with the wrong MD5 is refused and removed, so that the next attempt starts over', async () => {
  const wrong = { ...source, md5: { ...md5, '102flowers.tgz': '0'.repeat(32) } }
  await expect(fetchDataset({ dataFolder: folder, source: wrong })).rejects.toThrow(/102flowers.tgz \(wrong MD5\)/)
  expect((await fetchDataset({ dataFolder: folder, source })).splits).toHaveLength(3)
  expect(server.requests.at(-1)).toEqual({ name: '102flowers.tgz', range: undefined })
})

test('fetchDataset() — a part that is longer than the file is thrown away', async () => {
  const downloads = join(folder, 'datasets', 'flowers102', 'downloads')
  await mkdir(downloads, { recursive: true })
  await writeFile(join(downloads, '102flowers.tgz.part'), Buffer.alloc((await archiveSize()) + 1))
  expect((await fetchDataset({ dataFolder: folder, source })).splits).toHaveLength(3)
})

test('fetchDataset() — an unreachable server and a missing file are DOWNLOAD_FAILED, in one sentence that names the address', async () => {
  await expect(fetchDataset({ dataFolder: folder, source: { ...source, baseUrl: `${server.baseUrl}nowhere/` } })).rejects.toThrow(
    /answered 404/,
  )
  server.close()
  const failure = fetchDataset({ dataFolder: folder, source: { ...source, baseUrl: 'http://127.0.0.1:1/' } })
  await expect(failure).rejects.toThrow(DownloadFailedError)
  await expect(failure).rejects.toThrow(/127\.0\.0\.1:1\/setid\.mat could not be downloaded/)
})

test('fetchDataset() — of two at once, one downloads and the other finds it done', async () => {
  const both = await Promise.all([fetchDataset({ dataFolder: folder, source }), fetchDataset({ dataFolder: folder, source })])
  expect(both[0]).toEqual(both[1])
  expect(server.requests.map(({ name }) => name)).toEqual(['setid.mat', 'imagelabels.mat', '102flowers.tgz'])
})

test('fetchDataset() — an abort ends it with the reason', async () => {
  const controller = new AbortController()
  const reason = new Error('asked to stop')
  server.stallAfter({ name: '102flowers.tgz', bytes: 100 })
  const onProgress = ({ detail }: { detail: string }) => {
    if (detail.startsWith('102flowers')) controller.abort(reason)
  }
  await expect(fetchDataset({ dataFolder: folder, source, onProgress, signal: controller.signal })).rejects.toBe(reason)
})

test('fetchDataset() — a full disk is DISK_FULL and names the folder', async () => {
  const downloads = join(folder, 'datasets', 'flowers102', 'downloads')
  await mkdir(downloads, { recursive: true })
  await symlink('/dev/full', join(downloads, 'setid.mat.part')) // every write to it fails for lack of space
  const failure = fetchDataset({ dataFolder: folder, source })
  await expect(failure).rejects.toThrow(DiskFullError)
  await expect(failure).rejects.toThrow(/datasets\/flowers102 has no room for Flowers102/)
})
