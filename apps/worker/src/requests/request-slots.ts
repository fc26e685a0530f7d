import type { Artifacts } from '@trainyard/artifacts'
import { createExperimentStore, createRequestConsumer, PREDICTIONS, PROBES, SAMPLES } from '@trainyard/jobs'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { TrainerProcess } from '../trainers/trainer-process.ts'
import { predictionCommand } from './prediction-command.ts'
import { runRequestSlot } from './request-slot.ts'

/** The largest network of a probe takes about a minute, and downloads report their progress. */
const PROBE_SILENCE_MS = 5 * 60_000
/** The API has answered a timeout by then. */
const REPLY_SILENCE_MS = 30_000

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

/** A slot for each kind of interactive request, so that no kind waits behind another or behind training. A trainer starts with the first request. */
export function startRequestSlots({ redis, prefix, artifacts, onError, ...deps }: RequestSlotsDeps): RequestSlots {
  const connection = { redis, ...(prefix !== undefined && { prefix }) }
  const probes = createRequestConsumer(PROBES, { ...connection, onError })
  const predictions = createRequestConsumer(PREDICTIONS, { ...connection, onError })
  const samples = createRequestConsumer(SAMPLES, { ...connection, onError })
  const store = createExperimentStore(connection)
  const slots = [
    runRequestSlot({
      ...deps,
      consumer: probes,
      silenceMs: PROBE_SILENCE_MS,
      toCommand: async ({ id, data }) => ({ type: 'probe', runId: id, request: data }),
    }),
    runRequestSlot({
      ...deps,
      consumer: predictions,
      silenceMs: REPLY_SILENCE_MS,
      toCommand: (request) => {
        const signal = AbortSignal.any([deps.stopping, AbortSignal.timeout(REPLY_SILENCE_MS)])
        return predictionCommand(request, { consumer: predictions, store, artifacts, signal })
      },
    }),
    runRequestSlot({
      ...deps,
      consumer: samples,
      silenceMs: REPLY_SILENCE_MS,
      toCommand: async ({ id, data }) => ({ type: 'samples', runId: id, request: data }),
    }),
  ]
  return {
    stopped: Promise.all(slots.map((slot) => slot.catch(onError))),
    close: async () => void (await Promise.all([probes, predictions, samples].map((consumer) => consumer.close()))),
  }
}
