import { randomUUID } from 'node:crypto'
import type { Artifacts } from '@trainyard/artifacts'
import type { Experiment, ForkRequest, ForkPoint } from '@trainyard/contracts'
import { type ExperimentStore, NotRetainedError, type InitialCheckpoint } from '@trainyard/jobs'
import { UnprocessableConfigError } from '../http/request-errors.ts'

/** The kept epoch that a fork asks for, or the newest; of the same epoch the checkpoint, which has the momentum, too. */
export function forkPoint({ id, forkPoints }: Experiment, epoch: number | undefined): ForkPoint {
  const candidates = forkPoints.filter((each) => epoch === undefined || each.epoch === epoch)
  const [first, ...others] = candidates.toSorted((a, b) => b.epoch - a.epoch)
  const chosen = others.find((other) => other.epoch === first?.epoch && other.kind === 'checkpoint') ?? first
  if (chosen) return chosen
  if (forkPoints.length === 0)
    throw new NotRetainedError(`Experiment ${id} has kept nothing yet, or no longer, that a fork could begin from`)
  throw new NotRetainedError(`Epoch ${epoch} of experiment ${id} is not kept, but ${forkPoints.map((each) => each.epoch).join(' and ')}`)
}

/** What is said of the momentum where it is not kept. */
export function momentumWarnings(kept: ForkPoint, { resetOptimizer }: ForkRequest): string[] {
  if (kept.kind === 'checkpoint' || resetOptimizer === true) return []
  if (resetOptimizer === undefined) return [`Epoch ${kept.epoch} is kept as a model, without its momentum, which begins at zero`]
  const detail = `cannot be false: epoch ${kept.epoch} is kept as a model, without its momentum; leave it out, or set it to true`
  throw new UnprocessableConfigError([{ pointer: '/resetOptimizer', detail }])
}

interface ForkStartDeps {
  artifacts: Artifacts
  store: Pick<ExperimentStore, 'recordedFiles'>
}

/** Takes over what the fork begins with, so that it stays whatever becomes of its parent. */
export async function takeForkStart(
  { id, configHash }: Experiment,
  { kept, resetOptimizer }: { kept: ForkPoint; resetOptimizer: boolean | undefined },
  { artifacts, store }: ForkStartDeps,
): Promise<InitialCheckpoint> {
  const { epoch, kind } = kept
  const token = randomUUID()
  const { checkpoints, model } = await store.recordedFiles(id)
  const checkpoint = checkpoints.find((each) => each.epoch === epoch)
  const gone = new NotRetainedError(`Epoch ${epoch} of experiment ${id} is no longer kept here`)
  const take = async (from: string): Promise<void> => {
    await artifacts.initialCheckpoints.pin({ token, from }).catch((error: unknown) => {
      throw error instanceof Error && 'code' in error && error.code === 'ENOENT' ? gone : error
    })
  }
  if (kind === 'checkpoint' && checkpoint) {
    await take(artifacts.checkpoints.pathOf(id, checkpoint.file))
    return { kind, token, ...checkpoint, configHash, keepMomentum: resetOptimizer !== true }
  }
  if (kind === 'model' && model) {
    await take(artifacts.models.pathOf(id, model.folder))
    return { kind, token, epoch }
  }
  throw gone
}
