import { mkdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'

/**
 * Writes a file or folder beside its place and renames it: a reader finds all of it or nothing, and a failure leaves nothing.
 * Where several may write it at once, each names a `part` of its own.
 */
export async function writeWhole<Result>(
  to: string,
  write: (part: string) => Promise<Result>,
  { part = `${to}.part` }: { part?: string } = {},
): Promise<Result> {
  await mkdir(path.dirname(to), { recursive: true })
  try {
    const result = await write(part)
    await rename(part, to)
    return result
  } catch (error) {
    await rm(part, { recursive: true, force: true })
    throw error
  }
}
