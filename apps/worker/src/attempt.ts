import type { CheckpointFolders, ModelFolders } from '@trainyard/artifacts'
import type { HeldSplit } from '@trainyard/contracts'
import type { AttemptWriter, Claim, ExperimentStore } from '@trainyard/jobs'
import type { Logger } from 'pino'
import { type AbortReason, lastWrite, type TrainerEnd } from './attempt-end.ts'
import { removeLeftovers } from './artifact-sweep.ts'
import { createRecorder } from './recorder.ts'
import { watchTimeLimit } from './time-limit.ts'
import type { RunMessage, TrainerProcess } from './trainer-process.ts'
import { createWriteBuffer, persist } from './write-buffer.ts'

const OBEY_WITHIN_MS = 5000
/** A draining trainer finishes its epoch and writes a checkpoint. */
const DRAIN_WITHIN_MS = 20_000

export interface AttemptDeps {
  claim: Claim
  trainer: TrainerProcess
  writer: AttemptWriter
  checkpoints: CheckpointFolders
  models: ModelFolders
  store: ExperimentStore
  log: Logger
  onHolds: (holds: HeldSplit[]) => void
}

export interface Attempt {
  id: string
  token: string
  /** Has the trainer stop; the first reason counts, but for a lost lease, which forbids every further write. */
  abort(reason: AbortReason): void
  /** Resolves when the last write is done: the slot is free. Never rejects. */
  finished: Promise<void>
}

/** Has a trainer run what was claimed, and writes down what it says. */
export function startAttempt(deps: AttemptDeps): Attempt {
  const { claim, trainer, writer, checkpoints, log } = deps
  const { id, config } = claim.experiment
  const end = Promise.withResolvers<TrainerEnd>()
  let reason: AbortReason | null = null
  let killer: NodeJS.Timeout | null = null

  function abort(why: AbortReason): void {
    if (reason !== null && why !== 'lost') return
    reason = why
    if (killer !== null) return
    log.info({ reason }, 'the trainer is told to stop')
    trainer.send({ type: 'abort', runId: claim.token, keepCheckpoint: why === 'drain' })
    killer = setTimeout(() => trainer.kill(), why === 'drain' ? DRAIN_WITHIN_MS : OBEY_WITHIN_MS)
  }

  const buffer = createWriteBuffer({
    onFenced: () => abort('lost'),
    onError: (error) => {
      log.error({ err: error }, 'a result could not be recorded')
      abort('unwritable')
    },
  })
  const record = createRecorder(deps)
  function onMessage(message: RunMessage): void {
    const acknowledge = () => trainer.send({ type: 'ack', count: 1 })
    if (message.runId !== claim.token) return acknowledge()
    if (message.type === 'started') deps.onHolds(message.holds)
    if (message.type === 'completed' || message.type === 'aborted' || message.type === 'failed') end.resolve(message)
    void buffer.push(() => record(message)).then(acknowledge)
  }
  trainer.listen({ onMessage, onEnd: (how) => end.resolve({ type: 'crashed', how }) })
  const limit = watchTimeLimit(claim.experiment, () => abort('time_limit'))

  async function run(): Promise<void> {
    const folder = checkpoints.folderOf(id)
    const resume = await intactCheckpoint(deps)
    const modelFolder = await freshModelFolder(deps)
    if (reason === null) trainer.send({ type: 'run', runId: claim.token, config, checkpoints: { folder, resume }, modelFolder })
    else end.resolve({ type: 'aborted' })
    const how = await end.promise
    limit.stop()
    if (killer) clearTimeout(killer)
    await buffer.flush()
    const last = lastWrite({ end: how, reason, timeLimitSeconds: config.timeLimitSeconds, writer })
    const written = last && (await persist(last))
    log.info({ end: how.type, reason, written }, 'the attempt has ended')
    const warn = (error: unknown) => log.warn({ err: error }, 'what the attempt left on disk could not be removed')
    await removeLeftovers({ id, token: claim.token }, deps).catch(warn)
  }

  const finished = run().catch((error: unknown) => {
    log.error({ err: error }, 'the attempt could not be ended; its lease will run out')
    trainer.kill()
  })
  return { id, token: claim.token, abort, finished }
}

/** The recorded checkpoint where it can be used; what no record names is removed. Without one the run begins anew, to the same bits. */
async function intactCheckpoint({ claim, writer, checkpoints, log }: AttemptDeps): Promise<string | null> {
  const { checkpoint, experiment } = claim
  const intact = checkpoint !== null && (await checkpoints.isIntact(experiment.id, checkpoint))
  if (checkpoint && !intact) {
    const message = `The checkpoint of epoch ${checkpoint.epoch} is damaged or missing; starting from epoch 1`
    log.warn({ file: checkpoint.file }, message)
    await persist(() => writer.log({ level: 'warn', message }))
  }
  await checkpoints.removeAllBut(experiment.id, intact ? [checkpoint.file] : [])
  return intact ? checkpoint.file : null
}

/** The attempt's own; of those before it only what is recorded stays. */
async function freshModelFolder({ claim: { experiment, model, token }, models }: AttemptDeps): Promise<string> {
  await models.removeAllBut(experiment.id, model ? [model.folder] : [])
  return models.folderOf(experiment.id, token)
}
