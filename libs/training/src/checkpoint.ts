import { endianness } from 'node:os'
import { z } from 'zod'
import type { LiveState, Parameter, TrainingState } from './parameter.ts'

/** Raised when an older program could not read a newer file. */
const FORMAT_VERSION = 1
const MAGIC = 'trainyard checkpoint\n'

const Entry = z.object({ name: z.string(), shape: z.array(z.int().nonnegative()) })
const Header = z.object({
  version: z.int(),
  configHash: z.string(),
  epoch: z.int().nonnegative(),
  parameters: z.array(Entry),
  momenta: z.array(Entry),
})

class CheckpointUnusableError extends Error {
  override readonly name = 'CheckpointUnusableError'
}

/**
 * A checkpoint's bytes in pieces: magic, header's length in bytes (uint32), header as JSON padded to a multiple of 4, then every array's
 * float32s, parameters first. Little-endian.
 */
export function* encodeCheckpoint(state: LiveState, { configHash }: { configHash: string }): Generator<Uint8Array> {
  if (endianness() !== 'LE') throw new CheckpointUnusableError('Checkpoints are little-endian, and this machine is not')
  const entries = state.entries.map(({ name, shape }) => ({ name, shape: [...shape] }))
  const header: z.infer<typeof Header> = { version: FORMAT_VERSION, configHash, epoch: state.epoch, parameters: entries, momenta: entries }
  const text = Buffer.from(JSON.stringify(header))
  const start = MAGIC.length + 4
  const bytes = Buffer.alloc(Math.ceil((start + text.length) / 4) * 4, ' ')
  bytes.write(MAGIC)
  bytes.writeUInt32LE(bytes.length - start, MAGIC.length)
  text.copy(bytes, start)
  yield bytes
  for (const values of state.pieces()) yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

/** What `encodeCheckpoint` wrote, or CheckpointUnusableError: torn, foreign, of another format or of another config. */
export function decodeCheckpoint(bytes: Uint8Array, { configHash }: { configHash: string }): TrainingState {
  const start = MAGIC.length + 4
  if (Buffer.from(bytes.subarray(0, MAGIC.length)).toString() !== MAGIC || bytes.length < start)
    throw new CheckpointUnusableError('it is not a checkpoint')
  const headerBytes = new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC.length, true)
  const header = parseHeader(bytes.subarray(start, start + headerBytes))
  if (header.version !== FORMAT_VERSION)
    throw new CheckpointUnusableError(`it has format ${header.version}, this program reads ${FORMAT_VERSION}`)
  if (header.configHash !== configHash) throw new CheckpointUnusableError('it belongs to another config')
  let offset = start + headerBytes
  const read = ({ name, shape }: z.infer<typeof Entry>): Parameter => {
    const length = shape.reduce((product, size) => product * size, 1)
    const end = offset + 4 * length
    if (end > bytes.length) throw new CheckpointUnusableError(`it ends inside ${name}`)
    const values = floatsAt(bytes, { offset, length })
    offset = end
    return { name, shape, values }
  }
  return { epoch: header.epoch, parameters: header.parameters.map(read), momenta: header.momenta.map(read) }
}

/** A view where the bytes are aligned, as a file's are: the notebook's network has 206 MB of them. Else a copy. */
function floatsAt(bytes: Uint8Array, { offset, length }: { offset: number; length: number }): Float32Array {
  const start = bytes.byteOffset + offset
  if (start % 4 === 0) return new Float32Array(bytes.buffer, start, length)
  return new Float32Array(Uint8Array.from(bytes.subarray(offset, offset + 4 * length)).buffer)
}

function parseHeader(bytes: Uint8Array): z.infer<typeof Header> {
  try {
    return Header.parse(JSON.parse(Buffer.from(bytes).toString()))
  } catch (error) {
    throw new CheckpointUnusableError('its header cannot be read', { cause: error })
  }
}
