import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openArtifacts } from '../artifacts.ts'
import type { Models } from './models.ts'

let root: string
let models: Models
beforeAll(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'models-'))
  models = openArtifacts(root).models
  for (const folder of ['one', 'two', 'three.part']) {
    await mkdir(models.pathOf('a', folder), { recursive: true })
    await writeFile(path.join(models.pathOf('a', folder), 'model.json'), `{"of":"${folder}"}`)
  }
})
afterAll(() => rm(root, { recursive: true, force: true }))

test('open() — a file with its size, or null', async () => {
  const opened = await models.open({ experimentId: 'a', folder: 'one', file: 'model.json' })
  expect(opened?.bytes).toBe(12)
  expect(opened && (await text(opened.stream))).toBe('{"of":"one"}')
  expect(await models.open({ experimentId: 'a', folder: 'one', file: 'weights.bin' })).toBeNull()
  expect(await models.open({ experimentId: 'b', folder: 'one', file: 'model.json' })).toBeNull()
})

test('a name never leads out of the folder', async () => {
  expect(models.pathOf('../x', '../../etc')).toBe(path.join(root, 'models', 'x', 'etc'))
})

test('remove() — one attempt’s, whole and torn; others stay', async () => {
  await mkdir(models.pathOf('c', 'three'), { recursive: true })
  for (const folder of ['three.part', 'thirty', 'three']) await mkdir(models.pathOf('c', folder), { recursive: true })
  await models.remove('c', 'three')
  expect(await readdir(path.join(root, 'models', 'c'))).toEqual(['thirty'])
  await models.remove('c', 'thirty')
  expect(await readdir(path.join(root, 'models')).catch(() => [])).toEqual(['a'])
})

test('removeAllBut() — keeps what a record names, and nothing where none does', async () => {
  await models.removeAllBut('a', ['two'])
  expect(await readdir(path.join(root, 'models', 'a'))).toEqual(['two'])
  expect(await readdir(path.join(root, 'models')).catch(() => [])).toEqual(['a'])
  await models.removeAllBut('a', [])
  expect(await readdir(path.join(root, 'models')).catch(() => [])).toEqual([])
  await models.removeAllBut('never-there', [])
})
