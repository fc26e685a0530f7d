import { inflateSync } from 'node:zlib'

/**
 * Reads numeric arrays from a MATLAB 5 file: "MAT-File Format", The MathWorks, chapter 1. A header of 128 bytes, then elements of a
 * tag (type and size, 4 bytes each) and data, padded to 8 bytes; an element may be a zlib stream that holds another.
 */
const HEADER_BYTES = 128
const COMPRESSED = 15
const MATRIX = 14

interface Element {
  type: number
  data: Buffer
  /** Where the next element starts. */
  end: number
}

/** The arrays by name, column by column. Throws an error that describes the fault where the bytes are no such file. */
export function readMatFile(bytes: Buffer): Map<string, number[]> {
  if (bytes.subarray(126, 128).toString('latin1') !== 'IM') throw new Error('not a little-endian MATLAB 5 file')
  const arrays = new Map<string, number[]>()
  for (let at = HEADER_BYTES; at < bytes.length;) {
    const element = readElement(bytes, at)
    const matrix = element.type === COMPRESSED ? readElement(inflateSync(element.data), 0) : element
    if (matrix.type === MATRIX) arrays.set(...readMatrix(matrix.data))
    // Compressed elements are the only ones without padding.
    at = element.type === COMPRESSED ? at + 8 + element.data.length : element.end
  }
  return arrays
}

/** A matrix is made of elements: flags, dimensions, name, numbers. */
function readMatrix(data: Buffer): [name: string, values: number[]] {
  const flags = readElement(data, 0)
  const dimensions = readElement(data, flags.end)
  const name = readElement(data, dimensions.end)
  return [name.data.toString('latin1'), readNumbers(readElement(data, name.end))]
}

function readElement(bytes: Buffer, at: number): Element {
  const tag = bytes.readUInt32LE(at)
  const smallSize = tag >>> 16 // a small element keeps its size in the type's upper half and its data in the tag
  const size = smallSize || bytes.readUInt32LE(at + 4)
  const start = at + (smallSize ? 4 : 8)
  if (start + size > bytes.length) throw new Error('it ends in the middle of an array')
  return { type: tag & 0xffff, data: bytes.subarray(start, start + size), end: at + 8 + (smallSize ? 0 : Math.ceil(size / 8) * 8) }
}

const NUMBER_TYPES: Record<number, { bytes: number; read: (data: Buffer, at: number) => number }> = {
  1: { bytes: 1, read: (data, at) => data.readInt8(at) },
  2: { bytes: 1, read: (data, at) => data.readUInt8(at) },
  3: { bytes: 2, read: (data, at) => data.readInt16LE(at) },
  4: { bytes: 2, read: (data, at) => data.readUInt16LE(at) },
  5: { bytes: 4, read: (data, at) => data.readInt32LE(at) },
  6: { bytes: 4, read: (data, at) => data.readUInt32LE(at) },
  7: { bytes: 4, read: (data, at) => data.readFloatLE(at) },
  9: { bytes: 8, read: (data, at) => data.readDoubleLE(at) },
}

function readNumbers({ type, data }: Element): number[] {
  const numberType = NUMBER_TYPES[type]
  if (!numberType) throw new Error(`it holds numbers of the unknown type ${type}`)
  return Array.from({ length: data.length / numberType.bytes }, (_, i) => numberType.read(data, i * numberType.bytes))
}
