import { setTimeout as delay } from 'node:timers/promises'
import { type Artifacts, DamagedObjectError, type LocalCache } from '@trainyard/artifacts'
import type { Claim } from '@trainyard/jobs'
import type { Logger } from 'pino'
import type { AbortReason } from './attempt-end.ts'
import type { RunMessage } from '../trainers/trainer-process.ts'

const LONGEST_PAUSE_MS = 15_000
/** A store that is away for longer costs the attempt, once nothing is left to train. */
const AWAY_MS = 10 * 60_000
/** How long what is on its way may take after the trainer was told to leave: a worker that drains has 28 s in all. */
const HURRY_MS: Record<AbortReason, number | null> = {
  ...{ cancel: 5000, stop: 5000, time_limit: 5000, stalled: 5000, unwritable: 0, lost: 0 },
  drain: 22_000,
  pause: null,
}

type Kept = Extract<RunMessage, { type: 'checkpoint' | 'model' }>

/** What a run's trainer reads and writes on this host, on its way from the store and into it. Without a store it is there at once. */
export interface Transfers {
  /** Removes what no record names from this host, and brings what the run goes on from, however long that takes; false: the store stays away, or the attempt is to end. */
  fetch(): Promise<boolean>
  /** Puts it into the store while training goes on, and then has it recorded. A checkpoint that waits gives way to a newer one. */
  keep(message: Kept): void
  /** The attempt is to end. */
  hurry(reason: AbortReason): void
  /** The trainer has ended; resolves when all is kept or given up: then whether the model is lacking. A run that is complete needs no checkpoint any more. */
  settle(end: { isComplete: boolean }): Promise<{ lacksModel: boolean }>
}

export interface TransfersDeps {
  claim: Pick<Claim, 'experiment' | 'checkpoints' | 'start' | 'model' | 'token'>
  artifacts: Artifacts
  onKept: (message: Kept) => void
  log: Logger
  awayMs?: number
}

export function createTransfers({ claim, artifacts, onKept, log, awayMs = AWAY_MS }: TransfersDeps): Transfers {
  const { cache, checkpoints, models, initialCheckpoints } = artifacts
  const { id } = claim.experiment
  const fetching = new AbortController()
  const keeping = new AbortController()
  let hurry: NodeJS.Timeout | undefined
  let latestMs = Infinity
  let isTrainerThere = true
  let isComplete = false
  let waiting: Kept[] = []
  let working = Promise.resolve()
  let lacksModel = false

  const placeOf = (message: Kept): string =>
    message.type === 'checkpoint' ? checkpoints.pathOf(id, message.checkpoint.file) : models.pathOf(id, message.model.folder)
  const isSuperseded = ({ type }: Kept): boolean => type === 'checkpoint' && (isComplete || waiting.length > 0)

  async function keepOne(message: Kept, store: LocalCache): Promise<void> {
    const kept = await insist(() => store.keep(placeOf(message), { signal: keeping.signal }), {
      ...{ log, signal: keeping.signal, what: `keeping the ${message.type}` },
      isHopeless: (awaySinceMs) => isSuperseded(message) || (!isTrainerThere && performance.now() - awaySinceMs > awayMs),
    })
    if (kept) return onKept(message)
    if (message.type === 'model') lacksModel = true
    else await drop(message)
  }

  async function drop(message: Kept): Promise<void> {
    if (message.type === 'checkpoint') await checkpoints.remove(id, message.checkpoint.file).catch(() => {})
    log.info({ place: placeOf(message) }, `a ${message.type} was not kept`)
  }

  async function work(store: LocalCache): Promise<void> {
    for (let next = waiting.shift(); next; next = waiting.shift())
      if (isComplete && next.type === 'checkpoint') await drop(next)
      else await keepOne(next, store)
  }

  /** On this host: in the store another attempt may be writing by now, whose lease is newer. What stays there goes when the experiment has ended. */
  async function removeUnrecorded(): Promise<void> {
    await artifacts.local.checkpoints.removeAllBut(
      id,
      claim.checkpoints.map(({ file }) => file),
    )
    await artifacts.local.models.removeAllBut(id, claim.model ? [claim.model.folder] : [])
  }

  async function fetchAll(store: LocalCache): Promise<void> {
    const { signal } = fetching
    await removeUnrecorded()
    const places = claim.checkpoints.map(({ file }) => checkpoints.pathOf(id, file))
    if (claim.start) places.push(initialCheckpoints.folderOf(claim.start.token))
    for (const place of places)
      await store.fetch(place, { signal }).catch((error: unknown) => {
        if (!(error instanceof DamagedObjectError)) throw error
        log.error({ err: error }, 'what the run could go on from is damaged in the store') // its trainer says what it does instead
      })
  }

  return {
    async fetch() {
      if (!cache) {
        await removeUnrecorded()
        return true
      }
      const { signal } = fetching
      const isHopeless = (awaySinceMs: number): boolean => performance.now() - awaySinceMs > awayMs
      return insist(() => fetchAll(cache), { log, signal, what: 'fetching what the run goes on from', isHopeless })
    },
    keep(message) {
      if (!cache) return onKept(message)
      for (const older of waiting) if (message.type === older.type) void drop(older)
      waiting = [...waiting.filter(({ type }) => type !== message.type), message]
      if (waiting.length === 1) working = working.then(() => work(cache))
    },
    hurry(reason) {
      fetching.abort()
      const withinMs = HURRY_MS[reason]
      if (withinMs === null || performance.now() + withinMs >= latestMs) return
      latestMs = performance.now() + withinMs
      clearTimeout(hurry)
      hurry = setTimeout(() => keeping.abort(), withinMs)
    },
    async settle(end) {
      isTrainerThere = false
      isComplete = end.isComplete
      await working
      clearTimeout(hurry)
      return { lacksModel }
    },
  }
}

interface Insisting {
  what: string
  log: Logger
  signal: AbortSignal
  /** Whether to give up, after a failure; `awaySinceMs`: of the first one in this row. */
  isHopeless: (awaySinceMs: number) => boolean
}

/** Does it again after pauses until it is done; false: it was given up. */
async function insist(work: () => Promise<unknown>, { what, log, signal, isHopeless }: Insisting): Promise<boolean> {
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
      if (failures === 0) log.warn({ err: error }, `${what} has failed, and is tried again`)
    }
    await delay(Math.min(500 * 2 ** failures, LONGEST_PAUSE_MS), undefined, { signal }).catch(() => {})
  }
}
