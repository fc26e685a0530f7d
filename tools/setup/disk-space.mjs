import { existsSync, statfsSync } from 'node:fs'
import path from 'node:path'
import { ToolError } from '../process/tool-error.mjs'

/** The disk is too full, which no other way of doing it would change. */
export class DiskSpaceError extends ToolError {}

/** @param {string} folder that may not exist yet */
function freeBytes(folder) {
  let existing = path.resolve(folder)
  while (!existsSync(existing)) existing = path.dirname(existing)
  const { bavail, bsize } = statfsSync(existing)
  return bavail * bsize
}

/** @param {{ folder: string, bytes: number, purpose: string, free?: number }} options */
export function requireFreeSpace({ folder, bytes, purpose, free = freeBytes(folder) }) {
  if (free >= bytes) return
  throw new DiskSpaceError(
    `${purpose} needs ${(bytes / 1e9).toFixed(1)} GB free for ${folder}, and ${(free / 1e9).toFixed(1)} GB are left: free some space and run this again`,
  )
}
