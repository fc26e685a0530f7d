import { NormLabTable, Sweep, SweepPage, SweepPlan, type SweepRequest } from '@trainyard/contracts'
import type { z } from 'zod'
import { type CallOptions, type Http, keyed, type KeyOptions, type PageOptions, queryOf } from '../http.ts'

/** The body of a sweep. */
export type SweepInput = z.input<typeof SweepRequest>

/** Sweeps: many experiments that differ in some fields. An `id` is a full id, a prefix that fits only one, or `latest`. */
export interface SweepCalls {
  create(input: SweepInput, options?: KeyOptions): Promise<Sweep>
  /** Plans the trials, and queues nothing. */
  dryRun(input: SweepInput, options?: CallOptions): Promise<SweepPlan>
  get(id: string, options?: CallOptions): Promise<Sweep>
  /** Newest first. */
  list(options?: PageOptions): Promise<SweepPage>
  /** Cancels all its trials, and no more are created. */
  cancel(id: string, options?: CallOptions): Promise<Sweep>
  /** Norms paired with none, depth by depth. */
  normLab(id: string, options?: CallOptions): Promise<NormLabTable>
}

const SWEEPS = '/api/v1/sweeps'
const pathOf = (id: string, part = ''): string => `${SWEEPS}/${encodeURIComponent(id)}${part}`

export const sweepCalls = (http: Http): SweepCalls => ({
  create: (body, options) => http.json(Sweep, { path: SWEEPS, method: 'POST', body, ...keyed(options) }),
  dryRun: (body, options) =>
    http.json(SweepPlan, { path: SWEEPS, method: 'POST', body, query: { dryRun: true }, idempotent: true, ...options }),
  get: (id, options) => http.json(Sweep, { path: pathOf(id), ...options }),
  list: (options = {}) => http.json(SweepPage, { path: SWEEPS, ...queryOf(options) }),
  cancel: (id, options) => http.json(Sweep, { path: pathOf(id, '/cancel'), method: 'POST', ...options }),
  normLab: (id, options) => http.json(NormLabTable, { path: pathOf(id, '/norm-lab'), ...options }),
})
