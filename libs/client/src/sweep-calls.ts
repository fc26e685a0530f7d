import { NormLabTable, Sweep, SweepPage, SweepPlan, type SweepRequest } from '@trainyard/contracts'
import type { z } from 'zod'
import type { KeyOptions } from './experiment-calls.ts'
import type { Http } from './http.ts'

/** The body of a sweep. */
export type SweepInput = z.input<typeof SweepRequest>

/** Sweeps: many experiments that differ in some fields. An `id` is a full id, a prefix that fits only one, or `latest`. */
export interface SweepCalls {
  create(input: SweepInput, options?: KeyOptions): Promise<Sweep>
  /** Says the trials, and queues nothing. */
  dryRun(input: SweepInput): Promise<SweepPlan>
  get(id: string): Promise<Sweep>
  /** Newest first. */
  list(options?: { pageSize?: number | undefined; pageToken?: string | undefined }): Promise<SweepPage>
  /** Cancels all its trials, and no more are made. */
  cancel(id: string): Promise<Sweep>
  /** Norms paired with none, depth by depth. */
  normLab(id: string): Promise<NormLabTable>
}

const SWEEPS = '/api/v1/sweeps'
const pathOf = (id: string, part = ''): string => `${SWEEPS}/${encodeURIComponent(id)}${part}`

export const sweepCalls = (http: Http): SweepCalls => ({
  create: (body, { idempotencyKey } = {}) =>
    http.json(Sweep, { path: SWEEPS, method: 'POST', body, headers: { 'idempotency-key': idempotencyKey } }),
  dryRun: (body) => http.json(SweepPlan, { path: SWEEPS, method: 'POST', body, query: { dryRun: true } }),
  get: (id) => http.json(Sweep, { path: pathOf(id) }),
  list: (options) => http.json(SweepPage, { path: SWEEPS, query: { ...options } }),
  cancel: (id) => http.json(Sweep, { path: pathOf(id, '/cancel'), method: 'POST' }),
  normLab: (id) => http.json(NormLabTable, { path: pathOf(id, '/norm-lab') }),
})
