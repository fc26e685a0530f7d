import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm, statfs } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { errorMessage } from '@trainyard/contracts'
import { DiskFullError, DownloadFailedError } from '../errors.ts'
import { fileState } from './file-state.ts'

export interface DownloadOptions {
  url: string
  to: string
  /** What the whole file must have, in hexadecimal. */
  md5: string
  onBytes?: (done: number, total: number | null) => void
  signal?: AbortSignal | undefined
}

/** Downloads into `to`.part, goes on from what an earlier attempt left there, and renames it once its MD5 is right. */
export async function downloadFile({ url, to, md5, onBytes, signal }: DownloadOptions): Promise<void> {
  const part = `${to}.part`
  await mkdir(dirname(to), { recursive: true })
  if ((await fileState(to)) !== null) {
    if ((await md5Of(to)) === md5) return
    await rm(to)
  }
  const have = (await fileState(part))?.bytes ?? 0
  const { body, from, length } = await request({ url, have, signal })
  await refuseFullDisk({ folder: dirname(to), bytes: length ?? 0 })
  const total = length === null ? null : from + length
  let done = from
  {
    await using file = await open(part, from > 0 ? 'a' : 'w')
    for await (const chunk of readChunks({ url, body, signal })) {
      await file.writeFile(chunk)
      done += chunk.length
      onBytes?.(done, total)
    }
  }
  if ((await md5Of(part)) !== md5) {
    await rm(part)
    throw new DownloadFailedError({ url, fault: `the ${done} bytes that came are not ${basename(to)} (wrong MD5), and were removed` })
  }
  await rename(part, to)
}

/** What comes, as it comes; what was written before the connection breaks is kept. */
async function* readChunks({ url, body, signal }: { url: string; body: AsyncIterable<Uint8Array>; signal: AbortSignal | undefined }) {
  try {
    yield* body
  } catch (error) {
    signal?.throwIfAborted()
    throw new DownloadFailedError({ url, fault: 'the connection broke (what came is kept)', cause: error })
  }
}

interface Answer {
  body: AsyncIterable<Uint8Array>
  /** The first byte that comes. */
  from: number
  /** The length, from Content-Length. */
  length: number | null
}

/** Asks for what is missing. A server that knows no ranges, or finds nothing beyond `have`, sends all of it. */
async function request({ url, have, signal }: { url: string; have: number; signal: AbortSignal | undefined }): Promise<Answer> {
  const response = await fetch(url, { headers: have > 0 ? { range: `bytes=${have}-` } : {}, signal: signal ?? null }).catch(
    (error: unknown) => {
      signal?.throwIfAborted()
      const cause = error instanceof Error ? (error.cause ?? error) : error // fetch hides the reason there
      throw new DownloadFailedError({ url, fault: errorMessage(cause), cause })
    },
  )
  if (response.status === 416) {
    await response.body?.cancel()
    return request({ url, have: 0, signal })
  }
  if (!response.ok || !response.body) throw new DownloadFailedError({ url, fault: `the server answered ${response.status}` })
  const resumes = response.headers.get('content-range')?.startsWith(`bytes ${have}-`) ?? false
  if (response.status === 206 && !resumes) throw new DownloadFailedError({ url, fault: 'the server sent another part than was asked for' })
  const length = response.headers.get('content-length')
  return { body: response.body, from: resumes ? have : 0, length: length === null ? null : Number(length) }
}

async function refuseFullDisk({ folder, bytes }: { folder: string; bytes: number }): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize < bytes) throw new DiskFullError({ folder, needed: `a download of ${Math.ceil(bytes / 1e6)} MB` })
}

export async function md5Of(file: string): Promise<string> {
  const hash = createHash('md5')
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash)
  return hash.digest('hex')
}
