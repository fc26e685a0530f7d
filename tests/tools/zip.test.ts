import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { extractZip, readZipEntries } from '../../tools/setup/wheels/zip.mjs'

/** Written by Python's zipfile, as wheels are; zip64.zip has every size and offset in its 64-bit fields. */
const zip = (name: string) => path.join(import.meta.dirname, 'zips', name)

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-zip-'))
})
afterEach(() => rm(folder, { recursive: true }))

const into = ({ name }: { name: string }) => (name.endsWith('left-out.txt') ? null : path.join(folder, name))

test('extractZip() — deflated, stored and large files come out as they went in; what has no target stays in', async () => {
  const progress: [number, number][] = []
  await extractZip({ file: zip('archive.zip'), target: into, onBytes: (done, total) => progress.push([done, total]) })
  expect((await readdir(path.join(folder, 'package'))).sort()).toEqual(['deflated.txt', 'large.bin', 'program', 'stored.txt'])
  expect(await readFile(path.join(folder, 'package/deflated.txt'), 'utf8')).toBe('petal '.repeat(1000))
  expect(await readFile(path.join(folder, 'package/stored.txt'), 'utf8')).toBe('sepal\n')
  expect(Buffer.alloc(3_000_000, 0x2a).equals(await readFile(path.join(folder, 'package/large.bin')))).toBe(true)
  expect(progress.at(-1)).toEqual([3_006_028, 3_006_028])
})

test('extractZip() — programs can be run, other files cannot', async () => {
  await extractZip({ file: zip('archive.zip'), target: into })
  const mode = async (name: string) => (await stat(path.join(folder, 'package', name))).mode & 0o111
  expect(await mode('program')).toBe(0o111)
  expect(await mode('stored.txt')).toBe(0)
})

test('readZipEntries() — sizes and offsets of 64 bits', async () => {
  const entries = await readZipEntries(zip('zip64.zip'))
  expect(entries.map(({ name, bytes }) => [name, bytes])).toEqual([
    ['first.txt', 600],
    ['second.txt', 700],
  ])
  await extractZip({ file: zip('zip64.zip'), target: into })
  expect(await readFile(path.join(folder, 'second.txt'), 'utf8')).toBe('second '.repeat(100))
})

test('readZipEntries() — a file that would land outside is refused', async () => {
  await expect(readZipEntries(zip('escaping.zip'))).rejects.toThrow('the archive holds a file outside of itself: ../outside.txt')
})

test('extractZip() — an archive that is cut off is named', async () => {
  const file = path.join(folder, 'cut.zip')
  const whole = await readFile(zip('archive.zip'))
  await writeFile(file, whole.subarray(0, whole.length - 200))
  await expect(extractZip({ file, target: into })).rejects.toThrow(`${file} is not a zip file, or is cut off`)
})
