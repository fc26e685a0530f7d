import { endianness } from 'node:os'
import { z } from 'zod'
import type { BestModel, LiveState, ModelSnapshot, ModelState, Parameter, TrainingState } from './parameter.ts'

/** Raised when an older program could not read a newer file. Version 1 had no buffers and no best model. */
const FORMAT_VERSION = 2
const MAGIC = 'trainyard checkpoint\n'

const Entry = z.object({ name: z.string(), shape: z.array(z.int().nonnegative()) })
const Header = z.object({
  version: z.int(),
  configHash: z.string(),
  epoch: z.int().nonnegative(),
  parameters: z.array(Entry),
  momenta: z.array(Entry),
  buffers: z.array(Entry).default([]),
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
    .nullable()
    .default(null),
})
type Header = z.infer<typeof Header>

class CheckpointUnusableError extends Error {
  override readonly name = 'CheckpointUnusableError'
}

/** A run at the end of an epoch, and its best model so far, where that is wanted. */
export interface Checkpoint {
  state: TrainingState
  best: BestModel<ModelState> | null
}

/**
 * A checkpoint's bytes in pieces: magic, header's length in bytes (uint32), header as JSON padded to a multiple of 4, then every array's
 * float32s: parameters, momenta, buffers, and those of the best model where that is of an earlier epoch. Little-endian.
 */
export function* encodeCheckpoint(
  state: LiveState,
  { configHash, best }: { configHash: string; best: BestModel<ModelSnapshot> | null },
): Generator<Uint8Array> {
  if (endianness() !== 'LE') throw new CheckpointUnusableError('Checkpoints are little-endian, and this machine is not')
  const earlier = best && best.epoch !== state.epoch ? best.model : null
  yield headerBytes({
    version: FORMAT_VERSION,
    configHash,
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
  for (const values of state.pieces()) yield bytesOf(values)
  for (const values of earlier?.pieces() ?? []) yield bytesOf(values)
}

const entriesOf = (arrays: LiveState['parameters']): z.infer<typeof Entry>[] =>
  arrays.map(({ name, shape }) => ({ name, shape: [...shape] }))

const bytesOf = (values: Float32Array): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength)

function headerBytes(header: Header): Buffer {
  const text = Buffer.from(JSON.stringify(header))
  const start = MAGIC.length + 4
  const bytes = Buffer.alloc(Math.ceil((start + text.length) / 4) * 4, ' ')
  bytes.write(MAGIC)
  bytes.writeUInt32LE(bytes.length - start, MAGIC.length)
  text.copy(bytes, start)
  return bytes
}

/** What `encodeCheckpoint` wrote, or CheckpointUnusableError: torn, foreign, of a newer format or of another config. */
export function decodeCheckpoint(bytes: Uint8Array, { configHash }: { configHash: string }): Checkpoint {
  const start = MAGIC.length + 4
  if (Buffer.from(bytes.subarray(0, MAGIC.length)).toString() !== MAGIC || bytes.length < start)
    throw new CheckpointUnusableError('it is not a checkpoint')
  const headerLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC.length, true)
  const header = parseHeader(bytes.subarray(start, start + headerLength))
  if (header.version > FORMAT_VERSION)
    throw new CheckpointUnusableError(`it has format ${header.version}, this program reads up to ${FORMAT_VERSION}`)
  if (header.configHash !== configHash) throw new CheckpointUnusableError('it belongs to another config')
  return readArrays(header, arrayReader(bytes, start + headerLength))
}

function readArrays({ epoch, parameters, momenta, buffers, best }: Header, read: ArrayReader): Checkpoint {
  const state = { epoch, parameters: parameters.map(read), momenta: momenta.map(read), buffers: buffers.map(read) }
  if (!best) return { state, best: null }
  const { arrays, ...result } = best
  const model = arrays ? { parameters: arrays.parameters.map(read), buffers: arrays.buffers.map(read) } : state
  return { state, best: { ...result, model: { epoch: best.epoch, parameters: model.parameters, buffers: model.buffers } } }
}

type ArrayReader = (entry: z.infer<typeof Entry>) => Parameter

/** Reads one array after another, from `offset` on. */
function arrayReader(bytes: Uint8Array, offset: number): ArrayReader {
  let next = offset
  return ({ name, shape }) => {
    const length = shape.reduce((product, size) => product * size, 1)
    const end = next + 4 * length
    if (end > bytes.length) throw new CheckpointUnusableError(`it ends inside ${name}`)
    const values = floatsAt(bytes, { offset: next, length })
    next = end
    return { name, shape, values }
  }
}

/** A view where the bytes are aligned, as a file's are: the notebook's network has 206 MB of them. Else a copy. */
function floatsAt(bytes: Uint8Array, { offset, length }: { offset: number; length: number }): Float32Array {
  const start = bytes.byteOffset + offset
  if (start % 4 === 0) return new Float32Array(bytes.buffer, start, length)
  return new Float32Array(Uint8Array.from(bytes.subarray(offset, offset + 4 * length)).buffer)
}

function parseHeader(bytes: Uint8Array): Header {
  try {
    return Header.parse(JSON.parse(Buffer.from(bytes).toString()))
  } catch (error) {
    throw new CheckpointUnusableError('its header cannot be read', { cause: error })
  }
}
