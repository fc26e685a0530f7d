import { type FileHandle, open } from 'node:fs/promises'
import path from 'node:path'
import type { ExperimentConfig, TensorType } from '@trainyard/contracts'
import { isBatchCount, readTensorList, stateDict, type StoredTensor, TENSOR_ITEM_BYTES } from '@trainyard/pytorch'
import type { ModelState, Parameter } from '@trainyard/training'
import { sha256OfFile } from './file-hash.ts'

/** 16 numbers of float32 are a cache line, so that no write of a transposed row wastes part of one. */
const ROWS_PER_CHUNK = 16

interface WeightsFile {
  folder: string
  file: string
  config: Pick<ExperimentConfig, 'initialWeights'> & Parameters<typeof stateDict>[0]
}

/** The network in a file that PyTorch wrote, before its first epoch here. */
export async function readWeights({ folder, file, config }: WeightsFile): Promise<ModelState> {
  const place = path.join(folder, path.basename(file))
  const sha256 = await sha256OfFile(place).catch(() => null)
  if (sha256 === null) throw new Error('their file is not there')
  if (sha256 !== config.initialWeights) throw new Error('their file is torn or damaged')
  await using handle = await open(place)
  const { size } = await handle.stat()
  const stored = await readTensorList({ bytes: size, read: (piece) => readBytes(handle, piece) })
  const wanted = stateDict(config).filter((tensor) => !isBatchCount(tensor))
  const arrays: Parameter[] = []
  for (const { name, shape } of wanted) {
    const tensor = stored.find((each) => each.name === name && each.shape.join() === shape.join())
    if (!tensor) throw new Error(`they have no ${name} of shape [${shape.join(', ')}]`)
    // a Linear's weight is (units, inputs) there, and (inputs, units) here
    arrays.push({ name, shape: shape.toReversed(), values: await readTransposed(handle, tensor) })
  }
  const isBuffer = ({ name }: Parameter): boolean => name.includes('.running_')
  return { epoch: 0, parameters: arrays.filter((array) => !isBuffer(array)), buffers: arrays.filter(isBuffer) }
}

/** A matrix (rows, columns) as its transpose, some rows at a time; a vector as it is. */
async function readTransposed(handle: FileHandle, { name, dtype, shape, first }: StoredTensor): Promise<Float32Array> {
  const [columns = 1, rows = 1] = shape.toReversed()
  const rowBytes = columns * TENSOR_ITEM_BYTES[dtype]
  const values = new Float32Array(rows * columns)
  for (let row = 0; row < rows; row += ROWS_PER_CHUNK) {
    const count = Math.min(ROWS_PER_CHUNK, rows - row)
    const piece = toFloats(await readBytes(handle, { first: first + row * rowBytes, bytes: count * rowBytes }), dtype)
    let check = 0 // NaN as soon as one of the numbers is not finite
    for (let column = 0; column < columns; column++)
      for (let i = 0; i < count; i++) {
        const value = piece[i * columns + column] ?? 0
        values[column * rows + row + i] = value
        check += 0 * value
      }
    if (Number.isNaN(check)) throw new Error(`${name} holds what is no finite number in float32`)
  }
  return values
}

/** Little-endian numbers, rounded to float32. */
function toFloats({ buffer }: Uint8Array<ArrayBuffer>, dtype: TensorType): Float32Array {
  if (dtype === 'F32') return new Float32Array(buffer)
  if (dtype === 'F64') return new Float32Array(new Float64Array(buffer))
  if (dtype === 'F16') return new Float32Array(new Float16Array(buffer))
  if (dtype === 'BF16') return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (half) => half << 16).buffer)
  throw new Error(`${dtype} is no type of weights`)
}

async function readBytes(handle: FileHandle, { first, bytes }: { first: number; bytes: number }): Promise<Uint8Array<ArrayBuffer>> {
  const { buffer, bytesRead } = await handle.read(new Uint8Array(bytes), 0, bytes, first)
  if (bytesRead < bytes) throw new Error('their file is cut off')
  return buffer
}
