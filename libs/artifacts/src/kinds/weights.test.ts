import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, utimes } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { safetensorsFile } from '@trainyard/testing/experiments/safetensors-file'
import { openArtifacts } from '../artifacts.ts'
import type { Weights } from './weights.ts'

let folder: string
let files: Weights
beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(os.tmpdir(), 'weights-')), 'weights')
  files = openArtifacts(path.dirname(folder)).weights
})
afterEach(() => rm(path.dirname(folder), { recursive: true, force: true }))

const bytes = safetensorsFile([
  { name: 'model.1.weight', shape: [4, 192] },
  { name: 'model.3.weight', shape: [102, 4] },
])
const id = createHash('sha256').update(bytes).digest('hex')
async function* inPieces(content: Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  for (let first = 0; first < content.length; first += size) yield content.subarray(first, first + size)
}

test('receive() — the bytes under their hash, and what they are the weights of; a repeat is the same file', async () => {
  const network = { imageSize: 8, layerSizes: [4], norm: 'none', normPosition: null, normAffine: null, bias: false }
  const received = await files.receive(inPieces(bytes))
  expect(received).toMatchObject({ id, bytes: bytes.length, network })
  expect(received.tensors).toContainEqual({ name: 'model.3.weight', dtype: 'F32', shape: [102, 4] })
  expect(await readFile(files.pathOf(id))).toEqual(bytes)
  expect(await Promise.all([1, 7].map((size) => files.receive(inPieces(bytes, size))))).toEqual([received, received])
  expect(await readdir(folder)).toEqual([`${id}.json`, `${id}.safetensors`])
})

test('receive() — of what is no network, of what ends with a fault: nothing is left', async () => {
  await expect(files.receive(inPieces(bytes.subarray(0, -1)))).rejects.toMatchObject({ code: 'WEIGHTS_UNUSABLE' })
  async function* faulty(): AsyncGenerator<Uint8Array> {
    yield bytes
    throw new Error('cut off')
  }
  await expect(files.receive(faulty())).rejects.toThrow('cut off')
  expect(await readdir(folder)).toEqual([])
})

test('use() — returns the description and restarts its 24 hours; null where there is none', async () => {
  expect(await files.use(id)).toBeNull()
  const received = await files.receive(inPieces(bytes))
  const description = files.pathOf(id).replace('.safetensors', '.json')
  await utimes(description, 1, 1)
  expect(await files.use(id)).toEqual(received)
  expect((await stat(description)).mtimeMs).toBeGreaterThan(1e12)
  expect(await files.use('../../etc/passwd')).toBeNull()
})
