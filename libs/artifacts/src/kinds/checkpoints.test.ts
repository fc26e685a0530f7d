import { access, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openArtifacts } from '../artifacts.ts'
import type { Checkpoints } from './checkpoints.ts'

let base: string
let folders: Checkpoints
let runs = 0

beforeAll(async () => {
  base = await mkdtemp(path.join(os.tmpdir(), 'checkpoints-'))
})
afterAll(() => rm(base, { recursive: true, force: true }))
beforeEach(() => {
  folders = openArtifacts(path.join(base, `${runs++}`)).checkpoints
})

async function write(id: string, file: string) {
  await mkdir(folders.folderOf(id), { recursive: true })
  await writeFile(folders.pathOf(id, file), file)
}

const isThere = (id: string, file: string) =>
  access(path.join(folders.folderOf(id), file)).then(
    () => true,
    () => false,
  )

test('what is no longer named goes; other experiments keep theirs', async () => {
  for (const file of ['one', 'two', 'three.part']) await write('a', file)
  await write('b', 'one')
  await folders.removeAllBut('a', ['two'])
  expect(await Promise.all([isThere('a', 'one'), isThere('a', 'two'), isThere('a', 'three.part')])).toEqual([false, true, false])
  await folders.remove('a', 'two')
  await folders.removeAllBut('a', [])
  expect(await readdir(path.dirname(folders.folderOf('a')))).toEqual(['b'])
})

test('a folder that is not there holds nothing, and a name never leads out of it', async () => {
  await folders.removeAllBut('a', [])
  await folders.removeAllBut('a', [])
  await write('b', 'kept')
  await folders.remove('a', '../b/kept')
  expect(await isThere('b', 'kept')).toBe(true)
})
