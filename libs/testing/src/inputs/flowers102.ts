import { existsSync } from 'node:fs'
import path from 'node:path'

/** The real images: where they are, or why tests that need them do not run. Under CI=true they must be there. */
export function flowers102Root(): { root: string } | { root: null; reason: string } {
  const root = process.env['FLOWERS102_ROOT']
  if (root && existsSync(path.join(root, 'flowers-102', 'jpg'))) return { root }
  const reason = root ? `FLOWERS102_ROOT=${root} holds no flowers-102/jpg` : 'FLOWERS102_ROOT is not set: the real images are not here'
  if (process.env['CI'] === 'true') throw new Error(`${reason}; CI must have them`)
  process.stderr.write(`skipped: ${reason}\n`)
  return { root: null, reason }
}
