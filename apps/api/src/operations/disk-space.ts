import { statfs } from 'node:fs/promises'
import { ExpectedError, type Readiness } from '@trainyard/contracts'
import { describeDiskSpace, hasFreeDisk, type DiskSpace } from '@trainyard/planning'

class DiskNearlyFullError extends ExpectedError {
  constructor(space: DiskSpace) {
    super('STORE_FULL', `The data directory's disk is nearly full: ${describeDiskSpace(space)}; free some, then try again`)
  }
}

export async function diskSpaceOf(folder: string): Promise<DiskSpace> {
  const { bavail, blocks, bsize } = await statfs(folder)
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
}

export function diskCheck(space: DiskSpace): Readiness['checks'][number] {
  return { name: 'disk', ok: hasFreeDisk(space), detail: describeDiskSpace(space) }
}

/** New work is refused early enough that running work can finish. */
export function assertDiskHasSpace(space: DiskSpace): void {
  if (!hasFreeDisk(space)) throw new DiskNearlyFullError(space)
}
