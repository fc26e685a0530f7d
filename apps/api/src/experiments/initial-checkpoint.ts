import { randomUUID } from 'node:crypto'
import type { Artifacts } from '@trainyard/artifacts'
import type { ExpectedError, Experiment, ForkPoint, ForkRequest } from '@trainyard/contracts'
import { type ExperimentStore, NotRetainedError, type InitialCheckpoint } from '@trainyard/jobs'
import { UnprocessableConfigError } from '../http/request-errors.ts'

/** The retained epoch that a fork asks for, or the newest; of one epoch rather the checkpoint, since it includes the momentum. */
export function forkPoint({ id, forkPoints }: Experiment, epoch: number | undefined): ForkPoint {
  const candidates = forkPoints.filter((each) => epoch === undefined || each.epoch === epoch)
  const [first, ...others] = candidates.toSorted((a, b) => b.epoch - a.epoch)
  const chosen = others.find((other) => other.epoch === first?.epoch && other.kind === 'checkpoint') ?? first
  if (chosen) return chosen
  if (forkPoints.length === 0) throw new NotRetainedError(`Experiment ${id} retains no epoch, so it cannot be forked`)
  throw new NotRetainedError(
    `Epoch ${epoch} of experiment ${id} is not retained; ${forkPoints.map((each) => each.epoch).join(' and ')} ${forkPoints.length === 1 ? 'is' : 'are'}`,
  )
}

/** Of a fork whose momentum is not retained. */
export function momentumWarnings(kept: ForkPoint, { resetOptimizer }: ForkRequest): string[] {
  if (kept.kind === 'checkpoint' || resetOptimizer === true) return []
  if (resetOptimizer === undefined) return [`Epoch ${kept.epoch} is retained as a model, without its momentum, which begins at zero`]
  const detail = `cannot be false: epoch ${kept.epoch} is retained as a model, without its momentum; leave it out, or set it to true`
  throw new UnprocessableConfigError([{ pointer: '/resetOptimizer', detail }])
}

/** Pins a file or folder under a token, so that it stays when its origin is removed. */
export async function pin(
  initialCheckpoints: Artifacts['initialCheckpoints'],
  { from, gone }: { from: string; gone: ExpectedError },
): Promise<string> {
  const token = randomUUID()
  await initialCheckpoints.pin({ token, from }).catch((error: unknown) => {
    throw error instanceof Error && 'code' in error && error.code === 'ENOENT' ? gone : error
  })
  return token
}

export interface ForkDeps {
  artifacts: Pick<Artifacts, 'initialCheckpoints' | 'checkpoints' | 'models'>
  store: Pick<ExperimentStore, 'recordedFiles'>
}

/** Pins what the fork begins with. */
export async function pinForkStart(
  { id, configHash }: Experiment,
  { epoch, kind, resetOptimizer }: ForkPoint & { resetOptimizer: boolean | undefined },
  { artifacts: { initialCheckpoints, checkpoints: folders, models }, store }: ForkDeps,
): Promise<InitialCheckpoint> {
  const { checkpoints, model } = await store.recordedFiles(id)
  const checkpoint = checkpoints.find((each) => each.epoch === epoch)
  const gone = new NotRetainedError(`Epoch ${epoch} of experiment ${id} is no longer retained here`)
  if (kind === 'checkpoint' && checkpoint) {
    const token = await pin(initialCheckpoints, { from: folders.pathOf(id, checkpoint.file), gone })
    return { kind, token, ...checkpoint, configHash, keepMomentum: resetOptimizer !== true }
  }
  if (kind === 'model' && model)
    return { kind, token: await pin(initialCheckpoints, { from: models.pathOf(id, model.folder), gone }), epoch }
  throw gone
}
