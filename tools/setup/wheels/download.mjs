import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { codeOf, errorMessage, ToolError } from '../../process/tool-error.mjs'

const ATTEMPTS = 4

/** @param {string} file */
export async function sha256Of(file) {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash)
  return hash.digest('hex')
}

/**
 * Downloads into `to`.part, resumes what an earlier attempt left there, and renames it once its SHA-256 is right.
 * @param {{ url: string, to: string, sha256: string, onBytes: (done: number) => void }} options
 */
export async function download({ url, to, sha256, onBytes }) {
  const part = `${to}.part`
  for (let attempt = 1; ; attempt++) {
    try {
      await receive({ url, part, onBytes })
      break
    } catch (error) {
      if (error instanceof ToolError) throw error
      if (codeOf(error) === 'ENOSPC')
        throw new ToolError(`${path.dirname(to)} is full: free some space and run this again`, { cause: error })
      if (attempt === ATTEMPTS) {
        throw new ToolError(`the download of ${url} broke off (${errorMessage(error)}); what came is kept, so run this again`, {
          cause: error,
        })
      }
    }
  }
  if ((await sha256Of(part)) !== sha256) {
    await rm(part)
    throw new ToolError(`what came from ${url} is not ${path.basename(to)} (wrong SHA-256) and was removed`)
  }
  await rename(part, to)
}

/** @param {{ url: string, part: string, onBytes: (done: number) => void }} options */
async function receive({ url, part, onBytes }) {
  const held = existsSync(part) ? (await stat(part)).size : 0
  const response = await fetch(url, { headers: held > 0 ? { range: `bytes=${held}-` } : {} }).catch((error) => {
    throw error.cause ?? error // fetch hides the reason there
  })
  if (response.status === 416) return response.body?.cancel() // all of it is here
  if (!response.ok || !response.body) throw new ToolError(`the server answered ${response.status} for ${url}`)
  const resumes = response.headers.get('content-range')?.startsWith(`bytes ${held}-`) ?? false
  const file = await open(part, resumes ? 'a' : 'w')
  let done = resumes ? held : 0
  try {
    for await (const chunk of response.body) {
      await file.writeFile(chunk)
      done += chunk.length
      onBytes(done)
    }
  } finally {
    await file.close()
  }
}
