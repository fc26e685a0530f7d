import { z } from 'zod'
import { Epoch, Experiment, ExperimentState, Progress, StateReason } from './experiment.ts'
import { JsonNumber } from '../json-number.ts'
import { EpochLayers } from '../results/layer-signal.ts'

export const LogLine = z
  .object({ at: z.iso.datetime(), level: z.enum(['info', 'warn', 'error']), message: z.string() })
  .meta({ id: 'LogLine' })
export type LogLine = z.infer<typeof LogLine>

export const LogList = z.object({ items: z.array(LogLine) }).meta({ id: 'LogList' })
export type LogList = z.infer<typeof LogList>

/** Losses of consecutive steps of one epoch; steps count from 1 within it. */
export const BatchLosses = z.object({ epoch: z.int(), firstStep: z.int(), losses: z.array(JsonNumber) })
export type BatchLosses = z.infer<typeof BatchLosses>

export const BatchPoint = z.object({ epoch: z.int(), step: z.int(), loss: JsonNumber }).meta({ id: 'BatchPoint' })
export const BatchList = z.object({ items: z.array(BatchPoint) }).meta({ id: 'BatchList' })
export type BatchList = z.infer<typeof BatchList>

/**
 * What GET /experiments/{id}/events sends, by SSE event name. `snapshot` comes first where the wanted id is no longer
 * held; `replaces` is set when an epoch already sent has other values now; `end` is the last event.
 */
export const ExperimentEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('state'), data: z.object({ state: ExperimentState, reason: StateReason, at: z.iso.datetime() }) }),
  z.object({ type: z.literal('progress'), data: Progress }),
  z.object({ type: z.literal('batch'), data: BatchLosses }),
  z.object({ type: z.literal('epoch'), data: Epoch.extend({ replaces: z.boolean().optional() }) }),
  z.object({ type: z.literal('layers'), data: EpochLayers }),
  z.object({ type: z.literal('log'), data: LogLine }),
  z.object({ type: z.literal('snapshot'), data: z.object({ experiment: Experiment, epochs: z.array(Epoch) }) }),
  z.object({ type: z.literal('end'), data: z.object({ state: ExperimentState }) }),
])
export type ExperimentEvent = z.infer<typeof ExperimentEvent>

/** Orders the ids of events, `<ms>-<number>`. */
export function isEventAfter(id: string, other: string): boolean {
  const [ms = 0, count = 0] = id.split('-').map(Number)
  const [otherMs = 0, otherCount = 0] = other.split('-').map(Number)
  return ms > otherMs || (ms === otherMs && count > otherCount)
}
