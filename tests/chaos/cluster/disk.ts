import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const KIB = 1024
/** Only what is written takes memory. */
const ROOMY = ['size=64G', 'nr_inodes=100000']

/** A disk of its own that can be made smaller while it is used. */
export interface Disk {
  folder: string
  /** Leaves `bytes` free. */
  leave(bytes: number): void
  /** Leaves no room for another file, though there is for its bytes. */
  leaveNoFiles(): void
  /** Much room again. */
  empty(): void
  remove(): void
}

export function diskObstacle(): string | null {
  try {
    mountDisk().remove()
    return null
  } catch (error) {
    return `no disk of a size of its own can be mounted here: ${error instanceof Error ? error.message.trim() : String(error)}`
  }
}

export function mountDisk(): Disk {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'trainyard-disk-'))
  const mount = (...args: string[]): void => void execFileSync('mount', [...args, folder], { stdio: ['ignore', 'ignore', 'pipe'] })
  const remount = (...limits: string[]): void => mount('-o', ['remount', ...limits].join(','))
  try {
    mount('-t', 'tmpfs', '-o', ROOMY.join(','), 'tmpfs')
  } catch (error) {
    rmSync(folder, { recursive: true })
    throw error
  }
  return {
    folder,
    leave(bytes) {
      const { blocks, bfree, bsize } = statfsSync(folder)
      remount(`size=${Math.floor(((blocks - bfree) * bsize + bytes) / KIB)}k`)
    },
    leaveNoFiles() {
      const { files, ffree } = statfsSync(folder)
      remount(`nr_inodes=${files - ffree}`)
    },
    empty: () => remount(...ROOMY),
    remove() {
      execFileSync('umount', ['--lazy', folder])
      rmSync(folder, { recursive: true })
    },
  }
}
