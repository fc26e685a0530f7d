import { openArtifacts } from '@trainyard/artifacts'
import { createExperimentStore, createPhotoSource, createProbeSource } from '@trainyard/jobs'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { photoCommand } from './photo-command.ts'
import { runQuestionSlot } from './question-slot.ts'
import type { TrainerProcess } from './trainer-process.ts'

/** The largest network that a probe may ask for takes about a minute, and downloads tell of themselves. */
const PROBE_SILENT_MS = 5 * 60_000
/** Whoever sent the photo has left by then. */
const PHOTO_SILENT_MS = 30_000

export interface QuestionSlotsDeps {
  redis: Redis
  prefix?: string
  dataFolder: string
  startTrainer: () => Promise<TrainerProcess>
  log: Logger
  onError: (error: unknown) => void
  stopping: AbortSignal
}

export interface QuestionSlots {
  /** Resolves when both have ended their work and their trainers have left, after `stopping`. */
  stopped: Promise<unknown>
  close(): Promise<void>
}

/** A slot for probes and one for photos, so that a photo does not wait behind a long probe, nor either behind training. */
export function startQuestionSlots({ redis, prefix, dataFolder, onError, ...deps }: QuestionSlotsDeps): QuestionSlots {
  const shared = { redis, ...(prefix !== undefined && { prefix }) }
  const probes = createProbeSource({ ...shared, onError })
  const photos = createPhotoSource({ ...shared, onError })
  const store = createExperimentStore(shared)
  const { models } = openArtifacts(dataFolder)
  const slots = [
    runQuestionSlot({
      ...deps,
      source: probes,
      silentMs: PROBE_SILENT_MS,
      commandOf: async ({ id, data }) => ({ type: 'probe', runId: id, request: data }),
    }),
    runQuestionSlot({
      ...deps,
      source: photos,
      silentMs: PHOTO_SILENT_MS,
      commandOf: (question) => photoCommand(question, { photos, store, models }),
    }),
  ]
  return {
    stopped: Promise.all(slots.map((slot) => slot.catch(onError))),
    close: async () => void (await Promise.all([probes.close(), photos.close()])),
  }
}
