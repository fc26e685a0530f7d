import { stat } from 'node:fs/promises'
import { systemErrorCode } from './system-error.ts'

export interface FileState {
  bytes: number
  modifiedMs: number
}

/** Null where there is no such file. */
export async function fileState(path: string): Promise<FileState | null> {
  try {
    const { size, mtimeMs } = await stat(path)
    return { bytes: size, modifiedMs: mtimeMs }
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error))) return null
    throw error
  }
}
