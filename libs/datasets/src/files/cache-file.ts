import { createHash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { writeWhole } from '@trainyard/files'
import type { z } from 'zod'
import { withWriteErrors } from '../errors.ts'

/** A cache file: the header as JSON, filled up with spaces; then its arrays. */
const HEADER_BYTES = 1024
/** Read and hashed in pieces, so that other work gets its turn. */
const CHUNK_BYTES = 8 * 2 ** 20

export const cacheFolder = (dataFolder: string): string => path.join(dataFolder, 'cache', 'datasets')

/** `needed`: what there was no room for, in words. */
export async function writeCacheFile(
  file: string,
  { header, arrays, needed }: { header: object; arrays: readonly Uint8Array[]; needed: string },
): Promise<void> {
  const write = async (part: string): Promise<void> => {
    await using handle = await open(part, 'w')
    await handle.writeFile(JSON.stringify(header).padEnd(HEADER_BYTES))
    for (const bytes of arrays) await handle.writeFile(bytes)
  }
  await withWriteErrors({ folder: path.dirname(file), needed }, () => writeWhole(file, write))
}

/** An open cache file: its header, and its arrays from the first on. */
export interface CacheReader<Header> {
  header: Header
  next: (length: number) => Promise<{ bytes: Uint8Array<ArrayBuffer>; sha256: string }>
}

export async function readCacheFile<Header, Result>(
  file: string,
  schema: z.ZodType<Header>,
  read: (reader: CacheReader<Header>) => Promise<Result>,
): Promise<Result> {
  await using handle = await open(file)
  let at = 0
  const next = async (length: number) => {
    const part = await readBytes(handle, { at, length })
    at += length
    return part
  }
  return await read({ header: parseHeader(schema, new TextDecoder().decode((await next(HEADER_BYTES)).bytes)), next })
}

function parseHeader<Header>(schema: z.ZodType<Header>, text: string): Header {
  try {
    return schema.parse(JSON.parse(text))
  } catch (error) {
    throw new Error('its first bytes are not those of such a file', { cause: error })
  }
}

async function readBytes(handle: FileHandle, { at, length }: { at: number; length: number }) {
  const bytes = new Uint8Array(length)
  const hash = createHash('sha256')
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(bytes, done, Math.min(CHUNK_BYTES, length - done), at + done)
    if (bytesRead === 0) throw new Error('it is too short')
    hash.update(bytes.subarray(done, done + bytesRead))
    done += bytesRead
  }
  return { bytes, sha256: hash.digest('hex') }
}

export async function sha256(bytes: Uint8Array): Promise<string> {
  const hash = createHash('sha256')
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    hash.update(bytes.subarray(at, at + CHUNK_BYTES))
    await setImmediate()
  }
  return hash.digest('hex')
}
