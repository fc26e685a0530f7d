import { mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadKernel } from './kernel-cache.ts'

let base: string
beforeAll(async () => void (base = await mkdtemp(path.join(os.tmpdir(), 'kernel-cache-'))))
afterAll(() => rm(base, { recursive: true, force: true }))

const split = (name: 'train' | 'val', count: number, sha256: string = name) => ({
  ...{ dataset: 'synthetic-flowers' as const, split: name, imageSize: 8, count, sha256 },
})

/** Loads it; whether it was computed, and the warnings. */
async function load(folder: string, rows = split('val', 2)) {
  const warnings: string[] = []
  let computed = 0
  const products = await loadKernel({
    ...{ folder, rows, columns: split('train', 3) },
    compute: async () => {
      computed += 1
      return Float64Array.from({ length: rows.count * 3 }, (_, i) => i + 2 ** 40)
    },
    onWarning: (message) => void warnings.push(message),
  })
  return { products: [...products], computed, warnings }
}
const expected = Array.from({ length: 6 }, (_, i) => i + 2 ** 40)

test('loadKernel() — computed once, then from the cache', async () => {
  const folder = path.join(base, 'twice')
  expect(await load(folder)).toEqual({ products: expected, computed: 1, warnings: [] })
  expect(await load(folder)).toEqual({ products: expected, computed: 0, warnings: [] })
})

test('loadKernel() — a damaged file, and one of other images, are rebuilt with a warning', async () => {
  const folder = path.join(base, 'damaged')
  await load(folder)
  const [name = ''] = await readdir(path.join(folder, 'cache', 'datasets'))
  const file = path.join(folder, 'cache', 'datasets', name)
  const handle = await open(file, 'r+')
  await handle.write(Buffer.of(7), 0, 1, 1024 + 3)
  await handle.close()
  const damaged = await load(folder)
  expect(damaged).toMatchObject({ products: expected, computed: 1 })
  expect(damaged.warnings).toEqual([expect.stringContaining('its SHA-256 is wrong')])
  const other = await load(folder, split('val', 2, 'other pixels'))
  expect(other.warnings).toEqual([expect.stringContaining('it was made from other images')])
  await writeFile(file, 'short')
  expect(await load(folder)).toMatchObject({ products: expected, computed: 1, warnings: [expect.stringContaining('cannot be used')] })
})

test('loadKernel() — a folder that cannot be written to costs a warning, not the run', async () => {
  const folder = path.join(base, 'file')
  await writeFile(folder, 'no folder')
  const { products, computed, warnings } = await load(folder)
  expect([products, computed]).toEqual([expected, 1])
  expect(warnings.at(-1)).toContain('not cached')
})
