import type { FileHandle } from 'node:fs/promises'
import { Transform } from 'node:stream'
import { crc32 } from 'node:zlib'

/** A chunk of this size takes the native checksum well below a millisecond: the process that computes it may hold leases. */
const CHUNK_BYTES = 2 ** 20

/** The checksum of a whole file, as eight hexadecimal digits. */
export async function checksumOf(handle: FileHandle, bytes: number): Promise<string> {
  const piece = Buffer.alloc(Math.min(CHUNK_BYTES, bytes))
  let sum = 0
  for (let first = 0; first < bytes;) {
    const { bytesRead } = await handle.read(piece, 0, Math.min(piece.length, bytes - first), first)
    if (bytesRead === 0) throw new Error('The file has become shorter while it was read')
    sum = crc32(piece.subarray(0, bytesRead), sum)
    first += bytesRead
  }
  return toHex(sum)
}

/** Of some bytes, as S3's headers have it. */
export function checksumHeader(bytes: Uint8Array): string {
  const header = Buffer.alloc(4)
  header.writeUInt32BE(crc32(bytes))
  return header.toString('base64')
}

export const checksumOfBytes = (bytes: Uint8Array): string => toHex(crc32(bytes))

/** Passes bytes on, each piece when the next one comes: the last one only if all of them have the checksum, else what `onDamage` makes. */
export function checkedBytes(checksum: string, onDamage: () => Error): Transform {
  let sum = 0
  let held: Buffer | null = null
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      sum = crc32(piece, sum)
      const before = held
      held = piece
      done(null, before)
    },
    flush(done) {
      if (toHex(sum) === checksum) done(null, held)
      else done(onDamage())
    },
  })
}

const toHex = (sum: number): string => sum.toString(16).padStart(8, '0')
