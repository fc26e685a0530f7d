import { endianness } from 'node:os'
import { z } from 'zod'
import type { BestModel, TrainingState, ModelSnapshot, NumberArray, SavedArray, SavedModel, SavedState } from '../layers/parameter.ts'

/** Raised when an older program could not read a newer file. */
const FORMAT_VERSION = 1
const MAGIC = 'trainyard checkpoint\n'
/** The header ends at a multiple of the largest number's size, so that arrays are read where they lie. */
const ALIGNMENT = 8

const Entry = z.object({ name: z.string(), shape: z.array(z.int().nonnegative()), type: z.enum(['float32', 'float64']) })
const Header = z.object({
  version: z.int(),
  configHash: z.string(),
  imagesHash: z.string().describe('of the train images; coefficients stand for them'),
  epoch: z.int().nonnegative(),
  parameters: z.array(Entry),
  momenta: z.array(Entry),
  buffers: z.array(Entry),
  best: z
    .object({
      epoch: z.int(),
      loss: z.number(),
      evalAccuracy: z.number().nullable(),
      arrays: z
        .object({ parameters: z.array(Entry), buffers: z.array(Entry) })
        .nullable()
        .describe('null: those of the checkpoint itself'),
    })
    .nullable(),
})
type Header = z.infer<typeof Header>

class CheckpointUnusableError extends Error {
  override readonly name = 'CheckpointUnusableError'
}

/** A run at the end of an epoch, and its best model so far, where that is wanted. */
export interface Checkpoint {
  state: SavedState
  best: BestModel<SavedModel> | null
}

/** What a checkpoint must fit to be gone on with. */
export interface CheckpointOwner {
  configHash: string
  /** SHA-256 of the train images. */
  imagesHash: string
}

/**
 * A checkpoint's bytes in chunks: magic, header's length in bytes (uint32), header as JSON padded to a multiple of 8, then every array's
 * numbers: parameters, momenta, buffers, and those of the best model where that is of an earlier epoch. Little-endian.
 */
export function* encodeCheckpoint(
  state: TrainingState,
  { configHash, imagesHash, best }: CheckpointOwner & { best: BestModel<ModelSnapshot> | null },
): Generator<Uint8Array> {
  if (endianness() !== 'LE') throw new CheckpointUnusableError('Checkpoints are little-endian, and this machine is not')
  const earlier = best && best.epoch !== state.epoch ? best.model : null
  yield headerBytes({
    version: FORMAT_VERSION,
    configHash,
    imagesHash,
    epoch: state.epoch,
    parameters: entriesOf(state.parameters),
    momenta: entriesOf(state.parameters),
    buffers: entriesOf(state.buffers),
    best: best && {
      epoch: best.epoch,
      loss: best.loss,
      evalAccuracy: best.evalAccuracy,
      arrays: earlier && { parameters: entriesOf(earlier.parameters), buffers: entriesOf(earlier.buffers) },
    },
  })
  for (const values of state.chunks()) yield bytesOf(values)
  for (const values of earlier?.chunks() ?? []) yield bytesOf(values)
}

const entriesOf = (arrays: TrainingState['parameters']): z.infer<typeof Entry>[] =>
  arrays.map(({ name, shape, type }) => ({ name, shape: [...shape], type }))

const bytesOf = (values: NumberArray): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength)

function headerBytes(header: Header): Buffer {
  const text = Buffer.from(JSON.stringify(header))
  const start = MAGIC.length + 4
  const bytes = Buffer.alloc(Math.ceil((start + text.length) / ALIGNMENT) * ALIGNMENT, ' ')
  bytes.write(MAGIC)
  bytes.writeUInt32LE(bytes.length - start, MAGIC.length)
  text.copy(bytes, start)
  return bytes
}

/** What `encodeCheckpoint` wrote, or CheckpointUnusableError: torn, foreign, of a newer format, of another config or of other images. */
export function decodeCheckpoint(bytes: Uint8Array, { configHash, imagesHash }: CheckpointOwner): Checkpoint {
  const start = MAGIC.length + 4
  if (Buffer.from(bytes.subarray(0, MAGIC.length)).toString() !== MAGIC || bytes.length < start)
    throw new CheckpointUnusableError('it is not a checkpoint')
  const headerLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC.length, true)
  const header = parseHeader(bytes.subarray(start, start + headerLength))
  if (header.version !== FORMAT_VERSION)
    throw new CheckpointUnusableError(`it has format ${header.version}, this program reads format ${FORMAT_VERSION}`)
  if (header.configHash !== configHash) throw new CheckpointUnusableError('it belongs to another config')
  if (header.imagesHash !== imagesHash) throw new CheckpointUnusableError('it belongs to other train images')
  return readArrays(header, arrayReader(bytes, start + headerLength))
}

function readArrays({ epoch, parameters, momenta, buffers, best }: Header, read: ArrayReader): Checkpoint {
  const state = { epoch, parameters: parameters.map(read), momenta: momenta.map(read), buffers: buffers.map(read) }
  if (!best) return { state, best: null }
  const { arrays, ...result } = best
  const model = arrays ? { parameters: arrays.parameters.map(read), buffers: arrays.buffers.map(read) } : state
  return { state, best: { ...result, model: { epoch: best.epoch, parameters: model.parameters, buffers: model.buffers } } }
}

type ArrayReader = (entry: z.infer<typeof Entry>) => SavedArray

/** Reads one array after another, from `offset` on. */
function arrayReader(bytes: Uint8Array, offset: number): ArrayReader {
  let next = offset
  return ({ name, shape, type }) => {
    const length = shape.reduce((product, size) => product * size, 1)
    const Numbers = type === 'float64' ? Float64Array : Float32Array
    const end = next + Numbers.BYTES_PER_ELEMENT * length
    if (end > bytes.length) throw new CheckpointUnusableError(`it ends inside ${name}`)
    const values = numbersAt(bytes, { Numbers, offset: next, length })
    next = end
    return { name, shape, values }
  }
}

/** A view where the bytes are aligned, as a file's mostly are: the notebook's network has 206 MB of them. Else a copy. */
function numbersAt(
  bytes: Uint8Array,
  { Numbers, offset, length }: { Numbers: Float32ArrayConstructor | Float64ArrayConstructor; offset: number; length: number },
): NumberArray {
  const start = bytes.byteOffset + offset
  const end = offset + Numbers.BYTES_PER_ELEMENT * length
  const { buffer, byteOffset } =
    start % Numbers.BYTES_PER_ELEMENT === 0 ? bytes.subarray(offset, end) : Uint8Array.from(bytes.subarray(offset, end))
  return Numbers === Float64Array ? new Float64Array(buffer, byteOffset, length) : new Float32Array(buffer, byteOffset, length)
}

function parseHeader(bytes: Uint8Array): Header {
  try {
    return Header.parse(JSON.parse(Buffer.from(bytes).toString()))
  } catch (error) {
    throw new CheckpointUnusableError('its header cannot be read', { cause: error })
  }
}
