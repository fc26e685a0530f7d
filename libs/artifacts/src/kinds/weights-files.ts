import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, rename, rm, utimes } from 'node:fs/promises'
import path from 'node:path'
import type { UploadedWeights } from '@trainyard/contracts'
import { readTensorList, type StoredTensor, weightsNetwork } from '@trainyard/pytorch'
import { namesIn } from './list-dir.ts'

const ENDING = '.safetensors'

/** Files of weights that experiments may begin with, each named for the SHA-256 of its bytes. They stay for a day after they were last used. */
export interface WeightsFiles {
  pathOf(id: string): string
  /** Writes what comes to disk as it comes, and throws WeightsUnusableError where it is no network's; what is there already is the same file. */
  receive(pieces: AsyncIterable<Uint8Array>): Promise<UploadedWeights>
  /** Looks at one in order to use it; null: it is not there. */
  use(id: string): Promise<UploadedWeights | null>
  /** Torn ones, too. */
  list(): Promise<{ name: string; place: string }[]>
}

export function createWeightsFiles(root: string): WeightsFiles {
  // An id comes from a client: it never leads out of the folder.
  const pathOf = (id: string): string => path.join(root, `${path.basename(id)}${ENDING}`)

  async function receive(pieces: AsyncIterable<Uint8Array>): Promise<UploadedWeights> {
    const part = path.join(root, `${randomUUID()}.part`)
    await mkdir(root, { recursive: true })
    try {
      const id = await write(part, pieces)
      const weights = await describe(part, id)
      await rename(part, pathOf(id))
      return weights
    } catch (error) {
      await rm(part, { force: true })
      throw error
    }
  }

  async function use(id: string): Promise<UploadedWeights | null> {
    try {
      const now = new Date()
      await utimes(pathOf(id), now, now)
      return await describe(pathOf(id), id)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
      throw error
    }
  }

  return {
    ...{ pathOf, receive, use },
    list: async () => (await namesIn(root)).map((name) => ({ name, place: path.join(root, name) })),
  }
}

/** Answers the SHA-256 of what it has written. */
async function write(file: string, pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  await using handle = await open(file, 'wx')
  for await (const piece of pieces) {
    hash.update(piece)
    await handle.writeFile(piece)
  }
  await handle.sync()
  return hash.digest('hex')
}

async function describe(file: string, id: string): Promise<UploadedWeights> {
  await using handle = await open(file)
  const { size } = await handle.stat()
  const stored = await readTensorList({ bytes: size, read: (piece) => readPiece(handle, piece) })
  const tensors = stored.map(({ name, dtype, shape }: StoredTensor) => ({ name, dtype, shape }))
  return { id, bytes: size, tensors, network: weightsNetwork(tensors) }
}

async function readPiece(handle: FileHandle, { first, bytes }: { first: number; bytes: number }): Promise<Uint8Array> {
  const { buffer, bytesRead } = await handle.read(new Uint8Array(bytes), 0, bytes, first)
  return buffer.subarray(0, bytesRead)
}
