import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { type CheckpointInfo, errorMessage, ExpectedError, type RunStart, type ToTrainer } from '@trainyard/contracts'
import { type BestModel, type CheckpointOwner, decodeCheckpoint, type SavedModel, type TrainOptions } from '@trainyard/training'
import { configHash } from './config-hash.ts'
import { readModel } from '../files/read-model.ts'
import { readWeights } from '../files/read-weights.ts'
import type { RunReports } from './run-reports.ts'

type RunCommand = Extract<ToTrainer, { type: 'run' }>

/** What a run goes on from. */
export interface RunOrigin {
  state: NonNullable<TrainOptions['start']>
  /** The best model so far, where the checkpoint has one. */
  best: BestModel<SavedModel> | null
}

/** A run must never begin with other weights than its users expect. */
class StartUnusableError extends ExpectedError {
  constructor({ kind, reason, ...options }: { kind: RunStart['kind']; reason: string; cause?: unknown }) {
    const [what, advice] =
      kind === 'weights'
        ? ['The weights that this experiment begins with', 'upload them and submit it again']
        : ['What this fork begins from', 'fork again, from another epoch that is kept']
    super('NOT_RETAINED', `${what} cannot be used: ${reason}; ${advice}`, options)
  }
}

interface OriginDependencies {
  reports: Pick<RunReports, 'warn' | 'phase'>
  /** SHA-256 of the train images. */
  imagesHash: string
}

/**
 * The newest of the run's checkpoints that is whole, else what a fork or a run with initial weights begins with; null: the seed. A checkpoint that cannot be used costs time, not
 * the experiment: training goes on from the one before it, to the same bits.
 */
export async function readRunOrigin(command: RunCommand, { reports, imagesHash }: OriginDependencies): Promise<RunOrigin | null> {
  const { config, checkpoints, start } = command
  const owner = { configHash: configHash(config), imagesHash }
  const candidates = checkpoints.resume.map(({ epoch }) => `from the checkpoint of epoch ${epoch}`)
  const fallbacks = [...candidates.slice(1), `from epoch ${(start?.epoch ?? 0) + 1}`]
  for (const [i, checkpoint] of checkpoints.resume.entries()) {
    await reports.phase({ phase: 'checkpoint', fraction: i / checkpoints.resume.length })
    try {
      return await readCheckpoint(checkpoint, { folder: checkpoints.folder, owner })
    } catch (error) {
      reports.warn(`The checkpoint of epoch ${checkpoint.epoch} cannot be used (${errorMessage(error)}); going on ${fallbacks[i]}`)
    }
  }
  if (!start && config.initialWeights !== null) throw new StartUnusableError({ kind: 'weights', reason: 'they did not come with it' })
  return start && readStart(start, { config, imagesHash })
}

async function readCheckpoint(
  { file, sha256 }: CheckpointInfo,
  { folder, owner }: { folder: string; owner: CheckpointOwner },
): Promise<RunOrigin> {
  const bytes = await readFile(path.join(folder, file)).catch(() => null)
  if (bytes === null) throw new Error('its file is not there')
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw new Error('its file is torn or damaged')
  return decodeCheckpoint(bytes, owner)
}

/** A fork's own best model is of its own epochs. */
async function readStart(start: RunStart, { config, imagesHash }: Pick<RunCommand, 'config'> & { imagesHash: string }): Promise<RunOrigin> {
  try {
    if (start.kind === 'model') return { state: { ...(await readModel({ folder: start.folder, config })), epoch: start.epoch }, best: null }
    if (start.kind === 'weights') return { state: await readWeights({ ...start, config }), best: null }
    const { state } = await readCheckpoint(start, { folder: start.folder, owner: { configHash: start.configHash, imagesHash } })
    if (start.keepMomentum || !('momenta' in state)) return { state, best: null }
    const { momenta: _momenta, ...weights } = state
    return { state: weights, best: null }
  } catch (error) {
    throw new StartUnusableError({ kind: start.kind, reason: errorMessage(error), cause: error })
  }
}
