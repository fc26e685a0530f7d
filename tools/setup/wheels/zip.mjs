import { createReadStream, createWriteStream } from 'node:fs'
import { chmod, mkdir, open, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createInflateRaw, inflateRawSync } from 'node:zlib'
import { ToolError } from '../../process/tool-error.mjs'

// APPNOTE.TXT 6.3.10: the central directory is found from the file's end; its entries have the offset of each file's bytes.
const END = { signature: 0x06054b50, bytes: 22, longestComment: 0xffff }
const END64_LOCATOR = { signature: 0x07064b50, bytes: 20 }
const ENTRY = { signature: 0x02014b50, bytes: 46 }
const LOCAL_HEADER_BYTES = 30
const ZIP64_FIELD = 1
const IN_ZIP64 = 0xffffffff
const DEFLATED = 8
const STREAMED_ABOVE = 1 << 20

/** @typedef {{ name: string, bytes: number, compressedBytes: number, deflated: boolean, offset: number, mode: number }} ZipEntry */
/** @typedef {import('node:fs/promises').FileHandle} FileHandle */

/** Lists what is in a zip file. @param {string} file @returns {Promise<ZipEntry[]>} */
export async function readZipEntries(file) {
  const handle = await open(file)
  try {
    const { size } = await handle.stat()
    const tailStart = Math.max(0, size - END.bytes - END.longestComment - END64_LOCATOR.bytes)
    const tail = await readAt({ handle, position: tailStart, bytes: size - tailStart })
    const directory = await locateDirectory({ handle, tail, file })
    return parseDirectory(await readAt({ handle, ...directory }))
  } finally {
    await handle.close()
  }
}

/**
 * Unpacks files, large ones as a stream, into `target(entry)`; an entry for which that is null is left out.
 * @param {{ file: string, target: (entry: ZipEntry) => string | null, onBytes?: (done: number, total: number) => void }} options
 */
export async function extractZip({ file, target, onBytes = () => {} }) {
  const wanted = (await readZipEntries(file)).flatMap((entry) => {
    const to = entry.name.endsWith('/') ? null : target(entry)
    return to === null ? [] : [{ entry, to }]
  })
  const total = wanted.reduce((sum, { entry }) => sum + entry.bytes, 0)
  let done = 0
  const handle = await open(file)
  try {
    for (const { entry, to } of wanted) {
      await mkdir(path.dirname(to), { recursive: true })
      await extractEntry({ file, handle, entry, to, onBytes: (bytes) => onBytes((done += bytes), total) })
    }
  } finally {
    await handle.close()
  }
}

/** @param {{ file: string, handle: FileHandle, entry: ZipEntry, to: string, onBytes: (bytes: number) => void }} options */
async function extractEntry({ file, handle, entry, to, onBytes }) {
  const header = await readAt({ handle, position: entry.offset, bytes: LOCAL_HEADER_BYTES })
  const start = entry.offset + LOCAL_HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28)
  if (entry.bytes > STREAMED_ABOVE && entry.deflated) {
    const source = createReadStream(file, { start, end: start + entry.compressedBytes - 1, highWaterMark: 1 << 20 })
    const inflated = createInflateRaw({ chunkSize: 1 << 20 })
    inflated.on('data', (chunk) => onBytes(chunk.length))
    await pipeline(source, inflated, createWriteStream(to))
  } else {
    const bytes = await readAt({ handle, position: start, bytes: entry.compressedBytes })
    await writeFile(to, entry.deflated ? inflateRawSync(bytes) : bytes)
    onBytes(entry.bytes)
  }
  if (entry.mode & 0o111) await chmod(to, 0o755)
}

/** @param {{ handle: FileHandle, tail: Buffer, file: string }} options */
async function locateDirectory({ handle, tail, file }) {
  let at = tail.length - END.bytes
  while (at >= 0 && tail.readUInt32LE(at) !== END.signature) at--
  if (at < 0) throw new ToolError(`${file} is not a zip file, or is cut off: remove it and run this again`)
  const locator = at - END64_LOCATOR.bytes
  if (locator < 0 || tail.readUInt32LE(locator) !== END64_LOCATOR.signature) {
    return { position: tail.readUInt32LE(at + 16), bytes: tail.readUInt32LE(at + 12) }
  }
  const end64 = await readAt({ handle, position: Number(tail.readBigUInt64LE(locator + 8)), bytes: 56 })
  return { position: Number(end64.readBigUInt64LE(48)), bytes: Number(end64.readBigUInt64LE(40)) }
}

/** @param {Buffer} directory */
function parseDirectory(directory) {
  const entries = []
  for (let at = 0; at + ENTRY.bytes <= directory.length && directory.readUInt32LE(at) === ENTRY.signature;) {
    const nameBytes = directory.readUInt16LE(at + 28)
    const extraBytes = directory.readUInt16LE(at + 30)
    const extraAt = at + ENTRY.bytes + nameBytes
    const name = directory.toString('utf8', at + ENTRY.bytes, extraAt)
    if (name.startsWith('/') || name.split('/').includes('..')) throw new ToolError(`the archive holds a file outside of itself: ${name}`)
    const sizes = [directory.readUInt32LE(at + 24), directory.readUInt32LE(at + 20), directory.readUInt32LE(at + 42)]
    const [bytes = 0, compressedBytes = 0, offset = 0] = resolveZip64(sizes, directory.subarray(extraAt, extraAt + extraBytes))
    const deflated = directory.readUInt16LE(at + 10) === DEFLATED
    entries.push({ name, bytes, compressedBytes, deflated, offset, mode: directory.readUInt32LE(at + 38) >>> 16 })
    at = extraAt + extraBytes + directory.readUInt16LE(at + 32)
  }
  return entries
}

/** Values too large for 32 bits stand, in their order, in the extra field. @param {number[]} values @param {Buffer} extra */
function resolveZip64(values, extra) {
  let at = 0
  while (at + 4 <= extra.length && extra.readUInt16LE(at) !== ZIP64_FIELD) at += 4 + extra.readUInt16LE(at + 2)
  at += 4
  return values.map((value) => {
    if (value !== IN_ZIP64) return value
    const long = Number(extra.readBigUInt64LE(at))
    at += 8
    return long
  })
}

/** @param {{ handle: FileHandle, position: number, bytes: number }} options */
async function readAt({ handle, position, bytes }) {
  const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(bytes), position })
  if (bytesRead < bytes) throw new ToolError('a downloaded archive is cut off: remove it and run this again')
  return buffer
}
