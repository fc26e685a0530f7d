import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'

/** @typedef {{ algorithm: 'md5' | 'sha256', hex: string }} Hash */

/** A download that failed. What came is kept, so that another try goes on from there; `isFinal` where that would end alike. */
export class DownloadError extends Error {
  /** @param {string} fault @param {{ isFinal?: boolean, cause?: unknown }} [options] */
  constructor(fault, { isFinal = false, cause } = {}) {
    super(fault, { cause })
    this.name = 'DownloadError'
    this.isFinal = isFinal
  }
}

/**
 * Downloads into `to`.part, goes on from what an earlier try left there, and renames it once its hash is right.
 * Throws DownloadError, the signal's reason, or what the disk answers.
 * @param {{ url: string, to: string, hash: Hash, onLength?: ((missingBytes: number) => Promise<void>) | undefined,
 *   onBytes?: ((done: number, total: number | null) => void) | undefined, signal?: AbortSignal | undefined }} options `onLength` may refuse what is to come
 * @returns {Promise<void>}
 */
export async function download({ url, to, hash, onLength, onBytes, signal }) {
  const part = `${to}.part`
  await mkdir(path.dirname(to), { recursive: true })
  const held = (await stat(part).catch(() => null))?.size ?? 0
  const response = await request({ url, held, signal })
  if (response.body) {
    const { from, length } = response
    await onLength?.(length ?? 0)
    const total = length === null ? null : from + length
    await writeChunks(part, { body: response.body, from, signal, onBytes: (done) => onBytes?.(done, total) })
  }
  if ((await hashOf(part, hash.algorithm)) === hash.hex) return rename(part, to)
  const { size } = await stat(part)
  await rm(part)
  // what an earlier try left was not a beginning of this file
  if (!response.body) return download({ url, to, hash, onLength, onBytes, signal })
  const name = hash.algorithm === 'md5' ? 'MD5' : 'SHA-256'
  throw new DownloadError(`the ${size} bytes that came are not ${path.basename(to)} (wrong ${name}), and were removed`, { isFinal: true })
}

/**
 * Asks for what is missing. A server that knows no ranges sends all of it; a `body` of null: nothing is missing.
 * @param {{ url: string, held: number, signal: AbortSignal | undefined }} options
 */
async function request({ url, held, signal }) {
  const headers = held > 0 ? { range: `bytes=${held}-` } : undefined
  const response = await fetch(url, { ...(headers && { headers }), signal: signal ?? null }).catch((error) => {
    signal?.throwIfAborted()
    const cause = error.cause ?? error // fetch hides the reason there
    throw new DownloadError(cause.message, { cause })
  })
  if (response.status === 416) {
    await response.body?.cancel()
    return { body: null }
  }
  if (!response.ok || !response.body) throw new DownloadError(`the server answered ${response.status}`, { isFinal: true })
  const resumes = response.headers.get('content-range')?.startsWith(`bytes ${held}-`) ?? false
  if (response.status === 206 && !resumes) throw new DownloadError('the server sent another part than was asked for', { isFinal: true })
  const length = response.headers.get('content-length')
  return { body: response.body, from: resumes ? held : 0, length: length === null ? null : Number(length) }
}

/**
 * Writes chunk by chunk: when the connection breaks, what came before is on disk.
 * @param {string} part
 * @param {{ body: AsyncIterable<Uint8Array>, from: number, signal: AbortSignal | undefined, onBytes: (done: number) => void }} options
 */
async function writeChunks(part, { body, from, signal, onBytes }) {
  const file = await open(part, from > 0 ? 'a' : 'w')
  let done = from
  try {
    for await (const chunk of readable(body, signal)) {
      await file.writeFile(chunk)
      done += chunk.length
      onBytes(done)
    }
  } finally {
    await file.close()
  }
}

/** @param {AsyncIterable<Uint8Array>} body @param {AbortSignal | undefined} signal */
async function* readable(body, signal) {
  try {
    yield* body
  } catch (cause) {
    signal?.throwIfAborted()
    throw new DownloadError('the connection broke (what came is kept)', { cause })
  }
}

/** In hexadecimal. @param {string} file @param {Hash['algorithm']} algorithm */
export async function hashOf(file, algorithm) {
  const hash = createHash(algorithm)
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash)
  return hash.digest('hex')
}
