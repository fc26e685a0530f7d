import { webcrypto } from 'node:crypto'
import { mkdir, open, rename } from 'node:fs/promises'
import path from 'node:path'
import type { CheckpointInfo } from '@trainyard/contracts'
import { encodeCheckpoint, type TrainingState } from '@trainyard/training'

/** Writes a checkpoint beside its place and renames it, so that a torn one never carries a checkpoint's name. */
export async function writeCheckpoint(
  state: TrainingState,
  { folder, runId, configHash }: { folder: string; runId: string; configHash: string },
): Promise<CheckpointInfo> {
  const bytes = encodeCheckpoint(state, { configHash })
  const name = `${runId}-${String(state.epoch).padStart(6, '0')}.checkpoint`
  const file = path.join(folder, name)
  await mkdir(folder, { recursive: true })
  // subtle hashes on a thread of its own: training goes on meanwhile
  const digest = webcrypto.subtle.digest('SHA-256', bytes)
  const handle = await open(`${file}.part`, 'w')
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${file}.part`, file)
  return { file: name, epoch: state.epoch, sha256: Buffer.from(await digest).toString('hex'), bytes: bytes.byteLength }
}
