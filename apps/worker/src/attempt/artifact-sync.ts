import { setTimeout as delay } from 'node:timers/promises'
import { type Artifacts, DamagedObjectError, type LocalCache } from '@trainyard/artifacts'
import type { Claim } from '@trainyard/jobs'
import type { Logger } from 'pino'
import type { AbortReason } from './attempt-end.ts'
import type { RunMessage } from '../trainers/trainer-process.ts'

const MAX_PAUSE_MS = 15_000
/** A store that is away for longer costs the attempt, once there is nothing left to train. */
const AWAY_MS = 10 * 60_000
/** How long a transfer under way may take after the trainer was aborted: a worker that drains has 28 s in all. */
const DEADLINE_MS: Record<AbortReason, number | null> = {
  cancel: 5000,
  stop: 5000,
  time_limit: 5000,
  stalled: 5000,
  write_failed: 0,
  lost: 0,
  drain: 22_000,
  pause: null,
}

type Artifact = Extract<RunMessage, { type: 'checkpoint' | 'model' }>

/** Syncs what a run's trainer reads and writes on this host with the artifact store. Without a store there is nothing to sync. */
export interface ArtifactSync {
  /** Removes what no record names from this host, and downloads what the run resumes from, however long that takes; false: the store stays away, or the attempt is to end. */
  download(): Promise<boolean>
  /** Uploads it while training goes on, and then has it recorded. A checkpoint that waits gives way to a newer one. */
  upload(message: Artifact): void
  /** The attempt is to end: what takes too long from now on is given up. */
  setDeadline(reason: AbortReason): void
  /** The trainer has ended; resolves when all is uploaded or given up: then whether the model is lacking. A run that is complete needs no checkpoint any more. */
  drain(end: { isComplete: boolean }): Promise<{ lacksModel: boolean }>
}

export interface ArtifactSyncDeps {
  claim: Pick<Claim, 'experiment' | 'checkpoints' | 'start' | 'model' | 'token'>
  artifacts: Artifacts
  onUploaded: (message: Artifact) => void
  log: Logger
  awayMs?: number
}

export function createArtifactSync({ claim, artifacts, onUploaded, log, awayMs = AWAY_MS }: ArtifactSyncDeps): ArtifactSync {
  const { cache, checkpoints, models, initialCheckpoints } = artifacts
  const { id } = claim.experiment
  const downloads = new AbortController()
  const uploads = new AbortController()
  let deadline: NodeJS.Timeout | undefined
  let deadlineMs = Infinity
  let isTrainerAlive = true
  let isComplete = false
  let waiting: Artifact[] = []
  let uploading = Promise.resolve()
  let lacksModel = false

  const placeOf = (message: Artifact): string =>
    message.type === 'checkpoint' ? checkpoints.pathOf(id, message.checkpoint.file) : models.pathOf(id, message.model.folder)
  const isSuperseded = ({ type }: Artifact): boolean => type === 'checkpoint' && (isComplete || waiting.length > 0)

  async function uploadOne(message: Artifact, store: LocalCache): Promise<void> {
    const isUploaded = await retryUntilDone(() => store.keep(placeOf(message), { signal: uploads.signal }), {
      ...{ log, signal: uploads.signal, what: `uploading the ${message.type}` },
      isHopeless: (awaySinceMs) => isSuperseded(message) || (!isTrainerAlive && performance.now() - awaySinceMs > awayMs),
    })
    if (isUploaded) return onUploaded(message)
    if (message.type === 'model') lacksModel = true
    else await drop(message)
  }

  async function drop(message: Artifact): Promise<void> {
    if (message.type === 'checkpoint') await checkpoints.remove(id, message.checkpoint.file).catch(() => {})
    log.info({ place: placeOf(message) }, `a ${message.type} was not uploaded`)
  }

  async function uploadWaiting(store: LocalCache): Promise<void> {
    for (let next = waiting.shift(); next; next = waiting.shift())
      if (isComplete && next.type === 'checkpoint') await drop(next)
      else await uploadOne(next, store)
  }

  /** On this host: in the store another attempt may be writing by now, whose lease is newer. What stays there goes when the experiment has ended. */
  async function removeUnrecorded(): Promise<void> {
    await artifacts.local.checkpoints.removeAllBut(
      id,
      claim.checkpoints.map(({ file }) => file),
    )
    await artifacts.local.models.removeAllBut(id, claim.model ? [claim.model.folder] : [])
  }

  async function downloadAll(store: LocalCache): Promise<void> {
    const { signal } = downloads
    await removeUnrecorded()
    const places = claim.checkpoints.map(({ file }) => checkpoints.pathOf(id, file))
    if (claim.start) places.push(initialCheckpoints.folderOf(claim.start.token))
    for (const place of places)
      await store.fetch(place, { signal }).catch((error: unknown) => {
        if (!(error instanceof DamagedObjectError)) throw error
        log.error({ err: error }, 'what the run could resume from is damaged in the store') // its trainer logs what it does instead
      })
  }

  return {
    async download() {
      if (!cache) {
        await removeUnrecorded()
        return true
      }
      const { signal } = downloads
      const isHopeless = (awaySinceMs: number): boolean => performance.now() - awaySinceMs > awayMs
      return retryUntilDone(() => downloadAll(cache), { log, signal, what: 'downloading what the run resumes from', isHopeless })
    },
    upload(message) {
      if (!cache) return onUploaded(message)
      for (const older of waiting) if (message.type === older.type) void drop(older)
      waiting = [...waiting.filter(({ type }) => type !== message.type), message]
      if (waiting.length === 1) uploading = uploading.then(() => uploadWaiting(cache))
    },
    setDeadline(reason) {
      downloads.abort()
      const limitMs = DEADLINE_MS[reason]
      if (limitMs === null || performance.now() + limitMs >= deadlineMs) return
      deadlineMs = performance.now() + limitMs
      clearTimeout(deadline)
      deadline = setTimeout(() => uploads.abort(), limitMs)
    },
    async drain(end) {
      isTrainerAlive = false
      isComplete = end.isComplete
      await uploading
      clearTimeout(deadline)
      return { lacksModel }
    },
  }
}

interface RetryOptions {
  what: string
  log: Logger
  signal: AbortSignal
  /** Whether to give up, after a failure; `awaySinceMs`: when the first of them was. */
  isHopeless: (awaySinceMs: number) => boolean
}

/** Retries with growing pauses until the work succeeds; false: it was given up. */
async function retryUntilDone(work: () => Promise<unknown>, { what, log, signal, isHopeless }: RetryOptions): Promise<boolean> {
  let awaySinceMs = 0
  for (let failures = 0; ; failures++) {
    try {
      signal.throwIfAborted()
      await work()
      if (failures > 0) log.info({ failures }, `${what} has succeeded`)
      return true
    } catch (error) {
      if (failures === 0) awaySinceMs = performance.now()
      if (signal.aborted || isHopeless(awaySinceMs)) {
        log.warn({ err: error, failures }, `${what} was given up`)
        return false
      }
      if (failures === 0) log.warn({ err: error }, `${what} has failed, and is retried`)
    }
    await delay(Math.min(500 * 2 ** failures, MAX_PAUSE_MS), undefined, { signal }).catch(() => {})
  }
}
