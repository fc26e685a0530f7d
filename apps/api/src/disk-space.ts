import { statfs } from 'node:fs/promises'
import { ExpectedError, type Readiness } from '@trainyard/contracts'

const GIB = 2 ** 30
const LEAST_FREE_BYTES = 2 * GIB
const LEAST_FREE_SHARE = 0.05

export interface DiskSpace {
  freeBytes: number
  totalBytes: number
}

class DiskNearlyFullError extends ExpectedError {
  constructor(detail: string) {
    super('STORE_FULL', `The data directory's disk is nearly full: ${detail}; free some, then try again`)
  }
}

export async function diskSpaceOf(folder: string): Promise<DiskSpace> {
  const { bavail, blocks, bsize } = await statfs(folder)
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
}

/** Redis dies on a full disk and checkpoints share it, so new work is refused while there is still room for the old. */
export function diskCheck({ freeBytes, totalBytes }: DiskSpace): Readiness['checks'][number] {
  const share = freeBytes / totalBytes
  const detail = `${(freeBytes / GIB).toFixed(1)} GiB free, ${(share * 100).toFixed(0)} % of all`
  return { name: 'disk', ok: freeBytes >= LEAST_FREE_BYTES && share >= LEAST_FREE_SHARE, detail }
}

export function assertDiskHasRoom(space: DiskSpace): void {
  const { ok, detail } = diskCheck(space)
  if (!ok) throw new DiskNearlyFullError(detail)
}
