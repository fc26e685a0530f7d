const GIB = 2 ** 30
const LEAST_FREE_BYTES = 2 * GIB
const LEAST_FREE_SHARE = 0.05

export interface DiskSpace {
  freeBytes: number
  totalBytes: number
}

/** Redis dies on a full disk and checkpoints share it: below this neither experiments nor checkpoints are taken. */
export function hasFreeDisk({ freeBytes, totalBytes }: DiskSpace): boolean {
  return freeBytes >= LEAST_FREE_BYTES && freeBytes / totalBytes >= LEAST_FREE_SHARE
}

/** "70.3 GiB free, 28 % of all" */
export function describeDiskSpace({ freeBytes, totalBytes }: DiskSpace): string {
  return `${(freeBytes / GIB).toFixed(1)} GiB free, ${((freeBytes / totalBytes) * 100).toFixed(0)} % of all`
}
