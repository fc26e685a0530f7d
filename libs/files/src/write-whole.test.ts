import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { linkOrCopy } from './link-or-copy.ts'
import { writeWhole } from './write-whole.ts'

let folder: string
beforeEach(async () => void (folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-files-'))))
afterEach(() => rm(folder, { recursive: true }))

test('writeWhole() — the old file stays until the new one is whole; folders are made', async () => {
  const file = path.join(folder, 'a', 'b')
  await writeWhole(file, (part) => writeFile(part, 'old'))
  const answer = await writeWhole(file, async (part) => {
    await writeFile(part, 'new')
    expect(await readFile(file, 'utf8')).toBe('old')
    return 7
  })
  expect([answer, await readFile(file, 'utf8'), await readdir(path.dirname(file))]).toEqual([7, 'new', ['b']])
})

test('writeWhole() — what fails leaves what was there, and nothing beside it', async () => {
  const file = path.join(folder, 'a')
  await writeWhole(file, (part) => writeFile(part, 'old'))
  const fault = new Error('no room')
  const failing = writeWhole(file, async (part) => {
    await writeFile(part, 'half')
    throw fault
  })
  await expect(failing).rejects.toBe(fault)
  expect([await readFile(file, 'utf8'), await readdir(folder)]).toEqual(['old', ['a']])
})

test('linkOrCopy() — the same file under two names; over one that is there, its bytes', async () => {
  const [from, to, taken] = [path.join(folder, 'from'), path.join(folder, 'to'), path.join(folder, 'taken')]
  await writeFile(from, 'bytes')
  await writeFile(taken, 'others')
  await linkOrCopy(from, to)
  await linkOrCopy(from, taken)
  expect((await stat(to)).ino).toBe((await stat(from)).ino)
  expect(await readFile(taken, 'utf8')).toBe('bytes')
  await expect(linkOrCopy(path.join(folder, 'none'), to)).rejects.toThrow('ENOENT')
})
