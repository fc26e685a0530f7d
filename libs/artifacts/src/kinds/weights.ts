import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { UploadedWeights } from '@trainyard/contracts'
import { readTensorList, type StoredTensor, weightsNetwork } from '@trainyard/pytorch'
import { keyOf, type Places } from './places.ts'

/** Files of weights that experiments may begin with, each named for the SHA-256 of its bytes. They stay for a day after they were last used. */
export interface Weights {
  pathOf(id: string): string
  /** Writes what comes to disk as it comes, and throws WeightsUnusableError where it is no network's; what is there already is the same file. */
  receive(pieces: AsyncIterable<Uint8Array>): Promise<UploadedWeights>
  /** Looks at one in order to use it; null: it is not there. */
  use(id: string): Promise<UploadedWeights | null>
}

/**
 * Beside the weights lies a description of them, put again at each use: its time is that of the last use, and a store moves no weights for it.
 * `keep` puts a file of the folder into the store.
 */
export function createWeights({ folder, store }: Places, keep: (place: string) => Promise<void>): Weights {
  // An id comes from a client: it never leads out of the folder.
  const pathOf = (id: string): string => path.join(folder, 'weights', `${path.basename(id)}.safetensors`)
  const keyOfDescription = (id: string): string => keyOf(folder, pathOf(id)).replace(/\.safetensors$/, '.json')
  const describe = (weights: UploadedWeights): Promise<void> =>
    store.put(keyOfDescription(weights.id), Buffer.from(JSON.stringify(weights)))
  return {
    pathOf,
    async receive(pieces) {
      const part = path.join(folder, 'weights', `${randomUUID()}.part`)
      await mkdir(path.dirname(part), { recursive: true })
      try {
        const weights = await readWeights(part, await write(part, pieces))
        await rename(part, pathOf(weights.id))
        await keep(pathOf(weights.id))
        await describe(weights)
        return weights
      } finally {
        await rm(part, { force: true })
      }
    },
    async use(id) {
      const found = await store.open(keyOfDescription(id))
      if (!found) return null
      const weights = UploadedWeights.parse(JSON.parse(String(await buffer(found.stream))))
      await describe(weights)
      return weights
    },
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

async function readWeights(file: string, id: string): Promise<UploadedWeights> {
  await using handle = await open(file)
  const { size } = await handle.stat()
  const stored = await readTensorList({ bytes: size, read: (piece) => readPiece(handle, piece) })
  const tensors = stored.map(({ name, dtype, shape }: StoredTensor) => ({ name, dtype, shape }))
  return { id, bytes: size, tensors, network: weightsNetwork(tensors) }
}

async function readPiece(handle: FileHandle, { first, bytes }: { first: number; bytes: number }): Promise<Uint8Array> {
  const { buffer: piece, bytesRead } = await handle.read(new Uint8Array(bytes), 0, bytes, first)
  return piece.subarray(0, bytesRead)
}
