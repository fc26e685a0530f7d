import { setTimeout as delay } from 'node:timers/promises'
import type { Artifacts } from '@trainyard/artifacts'
import type { CachedSplit, RunStart, ToTrainer } from '@trainyard/contracts'
import type { AttemptWriter, Claim, ExperimentStore } from '@trainyard/jobs'
import type { Logger } from 'pino'
import { type AbortReason, isCrash, lastWrite, type TrainerEnd } from './attempt-end.ts'
import { removeOrphanedArtifacts } from '../process/artifact-garbage.ts'
import { outOfMemoryKills } from './out-of-memory.ts'
import { createRecorder } from './recorder.ts'
import { startStallDetector } from './stall-detector.ts'
import { createTrainerAbort } from './abort-trainer.ts'
import { watchTimeLimit } from './time-limit.ts'
import { createArtifactSync } from './artifact-sync.ts'
import type { RunMessage, TrainerProcess } from '../trainers/trainer-process.ts'
import { createWriteBuffer, persist } from './write-buffer.ts'

/** A store that does not answer must not hold the slot, nor a worker that drains: garbage collection removes the rest. */
const REMOVE_TIMEOUT_MS = 3000

export interface AttemptDeps {
  claim: Claim
  trainer: TrainerProcess
  writer: AttemptWriter
  artifacts: Artifacts
  store: ExperimentStore
  /** The shortest silence of a trainer that counts as a stall. */
  stallMs: number
  log: Logger
  onCachedSplits: (cachedSplits: CachedSplit[]) => void
}

/** How an attempt went, as far as it concerns the worker. */
interface AttemptOutcome {
  crashed: boolean
  /** The trainer's memory after it; null where it is unknown. */
  rssBytes: number | null
}

export interface Attempt {
  id: string
  token: string
  /** Has the trainer stop. */
  abort(reason: AbortReason): void
  /** Resolves when the last write is done: the slot is free. Never rejects. */
  finished: Promise<AttemptOutcome>
}

/** Has a trainer run what was claimed, and records its messages. */
export function startAttempt(deps: AttemptDeps): Attempt {
  const { claim, trainer, writer, log } = deps
  const { id, config } = claim.experiment
  const end = Promise.withResolvers<TrainerEnd>()
  const killsBefore = outOfMemoryKills()
  const trainerAbort = createTrainerAbort({ trainer, runId: claim.token, log })
  let rssBytes: number | null = null
  /** Replies that the trainer waits for: at first its command. */
  let pendingReplies = 1

  function abort(why: AbortReason): void {
    trainerAbort.abort(why)
    artifactSync.setDeadline(why)
  }
  const buffer = createWriteBuffer({
    onFenced: () => abort('lost'),
    onError: (error) => {
      log.error({ err: error }, 'a result could not be recorded')
      abort('write_failed')
    },
  })
  const stall = startStallDetector({
    stallMs: deps.stallMs,
    isWaited: () => pendingReplies > 0,
    onStall: (silentMs) => {
      log.error({ silentMs }, 'the trainer hangs and is killed')
      abort('stalled')
      trainer.kill()
    },
  })
  const record = createRecorder({ ...deps, checkpoints: deps.artifacts.checkpoints })
  const artifactSync = createArtifactSync({ ...deps, onUploaded: (message) => void buffer.push(() => record(message)) })
  async function acknowledgeWritten(message: RunMessage): Promise<void> {
    pendingReplies += 1
    if (message.type === 'checkpoint' || message.type === 'model') artifactSync.upload(message)
    else await buffer.push(() => record(message))
    pendingReplies -= 1
    trainer.send({ type: 'ack', count: 1 })
  }
  function onMessage(message: RunMessage): void {
    stall.sign()
    if (message.runId !== claim.token) return trainer.send({ type: 'ack', count: 1 })
    if (message.type === 'started') deps.onCachedSplits(message.cachedSplits)
    if (message.type === 'completed' || message.type === 'aborted' || message.type === 'failed') {
      rssBytes = message.rssBytes
      end.resolve(message)
    }
    void acknowledgeWritten(message)
  }
  async function onEnd(how: string): Promise<void> {
    const outOfMemory = how.includes('SIGKILL') && trainerAbort.reason() === null && (await outOfMemoryKills()) > (await killsBefore)
    end.resolve({ type: 'crashed', how, outOfMemory })
  }
  trainer.listen({ onMessage, onEnd: (how) => void onEnd(how) })
  const limit = watchTimeLimit(claim.experiment, () => abort('time_limit'))

  async function run(): Promise<AttemptOutcome> {
    const isDownloaded = await artifactSync.download()
    if (trainerAbort.reason() !== null) end.resolve({ type: 'aborted' })
    else if (isDownloaded) trainer.send(runCommand(deps))
    else end.resolve({ type: 'artifact_unavailable' })
    pendingReplies -= 1
    const outcome = await end.promise
    limit.stop()
    stall.stop()
    trainerAbort.done()
    const { lacksModel } = await artifactSync.drain({ isComplete: outcome.type === 'completed' })
    await buffer.flush()
    const reason = trainerAbort.reason()
    const ended: TrainerEnd = outcome.type === 'completed' && lacksModel ? { type: 'artifact_unavailable' } : outcome
    const last = lastWrite({ end: ended, reason, timeLimitSeconds: config.timeLimitSeconds, writer })
    const written = last && (await persist(last))
    log.info({ end: ended.type, reason, written }, 'the attempt has ended')
    const warn = (error: unknown) => log.warn({ err: error }, 'orphaned artifacts of the attempt could not be removed')
    await Promise.race([removeOrphanedArtifacts({ id, token: claim.token }, deps).catch(warn), delay(REMOVE_TIMEOUT_MS)])
    return { crashed: isCrash({ end: ended, reason, outOfMemoryBefore: claim.outOfMemory }), rssBytes }
  }

  const finished = run().catch((error: unknown): AttemptOutcome => {
    log.error({ err: error }, 'the attempt could not be ended; its lease will run out')
    trainer.kill()
    return { crashed: false, rssBytes: null }
  })
  return { id, token: claim.token, abort, finished }
}

/** The attempt's own model folder is new. */
function runCommand({ claim, artifacts }: AttemptDeps): Extract<ToTrainer, { type: 'run' }> {
  const { experiment, checkpoints, start, token } = claim
  const { id, config } = experiment
  return {
    ...{ type: 'run', runId: token, config },
    checkpoints: { folder: artifacts.checkpoints.folderOf(id), resume: checkpoints },
    start: start && startOf(start, artifacts),
    modelFolder: artifacts.models.pathOf(id, token),
  }
}

function startOf({ token, ...start }: NonNullable<Claim['start']>, { initialCheckpoints }: Artifacts): RunStart {
  return { ...start, folder: initialCheckpoints.folderOf(token) }
}
