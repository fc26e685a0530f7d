import { mkdir, open, rename } from 'node:fs/promises'
import path from 'node:path'
import type { CheckpointInfo } from '@trainyard/contracts'
import { type BestModel, type CheckpointOwner, encodeCheckpoint, type TrainingState, type ModelSnapshot } from '@trainyard/training'
import { sha256OfFile } from './file-hash.ts'

/**
 * Writes a checkpoint beside its place; resolves as soon as the state is read and training may go on. `recorded` resolves once the file is
 * on the disk under its name, so that a torn one never carries a checkpoint's name.
 */
export async function writeCheckpoint(
  state: TrainingState,
  { folder, runId, ...content }: CheckpointOwner & { folder: string; runId: string; best: BestModel<ModelSnapshot> | null },
): Promise<{ recorded: Promise<CheckpointInfo> }> {
  const { epoch } = state
  const name = `${runId}-${String(epoch).padStart(6, '0')}.checkpoint`
  const file = path.join(folder, name)
  await mkdir(folder, { recursive: true })
  const handle = await open(`${file}.part`, 'w')
  let bytes = 0
  try {
    for (const piece of encodeCheckpoint(state, content)) {
      await handle.writeFile(piece)
      bytes += piece.byteLength
    }
  } catch (error) {
    await handle.close()
    throw error
  }
  const settle = async (): Promise<CheckpointInfo> => {
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
    const sha256 = await sha256OfFile(`${file}.part`)
    await rename(`${file}.part`, file)
    return { file: name, epoch, sha256, bytes }
  }
  return { recorded: settle() }
}
