import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type CheckpointFolders, createCheckpointFolders } from './checkpoint-folders.ts'

let base: string
let folders: CheckpointFolders
let runs = 0

beforeAll(async () => {
  base = await mkdtemp(path.join(os.tmpdir(), 'checkpoints-'))
})
afterAll(() => rm(base, { recursive: true, force: true }))
beforeEach(() => {
  folders = createCheckpointFolders(path.join(base, `${runs++}`))
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
  await folders.removeAll('a')
  expect(await folders.list()).toEqual(['b'])
})

test('a folder that is not there holds nothing, and a name never leads out of it', async () => {
  expect(await folders.list()).toEqual([])
  await folders.removeAllBut('a', [])
  await folders.removeAll('a')
  await write('b', 'kept')
  await folders.remove('a', '../b/kept')
  expect(await isThere('b', 'kept')).toBe(true)
})
