import { createHash } from 'node:crypto'
import { mkdir, open, readdir, rename, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { CLASSES, HeldSplit } from '@trainyard/contracts'
import { z } from 'zod'
import { messageOf, systemErrorCode } from './caught-error.ts'
import { withWriteErrors } from './errors.ts'
import type { ImageSplit, SplitKey } from './image-split.ts'

/** A cache file: the header as JSON, filled up with spaces; then the labels; then the pixels. */
const HEADER_BYTES = 1024
/** Read and hashed in pieces, so that other work gets its turn. */
const CHUNK_BYTES = 8 * 2 ** 20

const Header = z.object({
  format: z.literal('trainyard split'),
  version: z.literal(1),
  ...HeldSplit.shape,
  count: z.int(),
  fingerprint: z.string(),
  labelsSha256: z.string(),
  pixelsSha256: z.string(),
})
type Header = z.infer<typeof Header>

/** A split in the cache, or why there is none: null when there is no file, else what is wrong with it. */
export type CachedSplit = { split: ImageSplit } | { split: null; fault: string | null }

const cacheFolder = (dataFolder: string) => join(dataFolder, 'cache', 'datasets')

export function splitCacheFile(dataFolder: string, { dataset, split, imageSize }: SplitKey): string {
  return join(cacheFolder(dataFolder), `${dataset}-${split}-${imageSize}.split`)
}

/** Which decoded splits lie in the cache, by their files' names; they are verified when they are loaded. */
export async function heldSplits(dataFolder: string): Promise<HeldSplit[]> {
  const names: string[] = await readdir(cacheFolder(dataFolder)).catch(() => [])
  return names.toSorted().flatMap((name) => {
    const [, dataset, split, size] = /^(.+)-(train|val|test)-(\d+)\.split$/.exec(name) ?? []
    const held = HeldSplit.safeParse({ dataset, split, imageSize: Number(size) })
    return held.success ? [held.data] : []
  })
}

/** Writes beside the file and renames, so that a reader sees all of it or nothing. Returns the SHA-256 of the pixels. */
export async function writeSplitCache(
  file: string,
  { key, fingerprint, labels, pixels }: { key: SplitKey; fingerprint: string; labels: Uint8Array; pixels: Uint8Array },
): Promise<string> {
  const pixelsSha256 = await sha256(pixels)
  const header: Header = {
    format: 'trainyard split',
    version: 1,
    ...key,
    count: labels.length,
    fingerprint,
    labelsSha256: await sha256(labels),
    pixelsSha256,
  }
  const part = `${file}.part`
  await withWriteErrors({ folder: dirname(file), needed: `${Math.ceil(pixels.length / 1e6)} MB of decoded images` }, async () => {
    await mkdir(dirname(file), { recursive: true })
    await using handle = await open(part, 'w')
    await handle.writeFile(JSON.stringify(header).padEnd(HEADER_BYTES))
    await handle.writeFile(labels)
    await handle.writeFile(pixels)
    await rename(part, file)
  })
  return pixelsSha256
}

/** Reads and verifies a cached split. A fingerprint other than the wanted one means other images, or another way to make them. */
export async function readSplitCache(file: string, { key, fingerprint }: { key: SplitKey; fingerprint: string }): Promise<CachedSplit> {
  try {
    await using handle = await open(file)
    const header = parseHeader(new TextDecoder().decode((await readBytes(handle, { at: 0, length: HEADER_BYTES })).bytes))
    if (!isDeepStrictEqual({ ...key, fingerprint }, { ...HeldSplit.parse(header), fingerprint: header.fingerprint }))
      return { split: null, fault: 'it was made from other files' }
    const labels = await readBytes(handle, { at: HEADER_BYTES, length: header.count })
    const pixels = await readBytes(handle, { at: HEADER_BYTES + header.count, length: header.count * 3 * key.imageSize ** 2 })
    if (labels.sha256 !== header.labelsSha256 || pixels.sha256 !== header.pixelsSha256)
      return { split: null, fault: 'its SHA-256 is wrong' }
    return { split: { ...key, count: header.count, classes: CLASSES, labels: labels.bytes, pixels: pixels.bytes, sha256: pixels.sha256 } }
  } catch (error) {
    return { split: null, fault: systemErrorCode(error) === 'ENOENT' ? null : messageOf(error) }
  }
}

function parseHeader(text: string): Header {
  try {
    return Header.parse(JSON.parse(text))
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

async function sha256(bytes: Uint8Array): Promise<string> {
  const hash = createHash('sha256')
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    hash.update(bytes.subarray(at, at + CHUNK_BYTES))
    await setImmediate()
  }
  return hash.digest('hex')
}
