import type { Artifacts } from '@trainyard/artifacts'
import { createExperimentStore, createPhotoConsumer, createProbeConsumer, createSamplesConsumer } from '@trainyard/jobs'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { photoCommand } from './photo-request.ts'
import { runRequestSlot } from './request-slot.ts'
import type { TrainerProcess } from '../trainers/trainer-process.ts'

/** The largest network that a probe may ask for takes about a minute, and downloads tell of themselves. */
const PROBE_SILENT_MS = 5 * 60_000
/** Whoever sent the photo, or wants to see images, has left by then. */
const PERSON_SILENT_MS = 30_000

export interface RequestSlotsDeps {
  redis: Redis
  prefix?: string
  artifacts: Artifacts
  startTrainer: () => Promise<TrainerProcess>
  log: Logger
  onError: (error: unknown) => void
  stopping: AbortSignal
}

export interface RequestSlots {
  /** Resolves when all have ended their work and their trainers have left, after `stopping`. */
  stopped: Promise<unknown>
  close(): Promise<void>
}

/** A slot for each kind of question, so that a photo does not wait behind a long probe, nor any behind training. Their trainers come when first needed. */
export function startRequestSlots({ redis, prefix, artifacts, onError, ...deps }: RequestSlotsDeps): RequestSlots {
  const shared = { redis, ...(prefix !== undefined && { prefix }) }
  const probes = createProbeConsumer({ ...shared, onError })
  const photos = createPhotoConsumer({ ...shared, onError })
  const samples = createSamplesConsumer({ ...shared, onError })
  const store = createExperimentStore(shared)
  const slots = [
    runRequestSlot({
      ...deps,
      source: probes,
      silentMs: PROBE_SILENT_MS,
      commandOf: async ({ id, data }) => ({ type: 'probe', runId: id, request: data }),
    }),
    runRequestSlot({
      ...deps,
      source: photos,
      silentMs: PERSON_SILENT_MS,
      commandOf: (question) =>
        photoCommand(question, {
          photos,
          store,
          artifacts,
          signal: AbortSignal.any([deps.stopping, AbortSignal.timeout(PERSON_SILENT_MS)]),
        }),
    }),
    runRequestSlot({
      ...deps,
      source: samples,
      silentMs: PERSON_SILENT_MS,
      commandOf: async ({ id, data }) => ({ type: 'samples', runId: id, request: data }),
    }),
  ]
  return {
    stopped: Promise.all(slots.map((slot) => slot.catch(onError))),
    close: async () => void (await Promise.all([probes, photos, samples].map((source) => source.close()))),
  }
}
