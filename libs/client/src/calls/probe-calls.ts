import { Probe, type ProbeRequest } from '@trainyard/contracts'
import type { z } from 'zod'
import type { CallOptions, Http } from '../http.ts'

/** The body of a probe; every field may be left out. */
export type ProbeInput = z.input<typeof ProbeRequest>

export interface WaitOptions extends CallOptions {
  /**
   * How long the service may wait for the result before it answers with the probe as it is.
   * @default 0
   */
  waitSeconds?: number | undefined
}

/** Probes: fresh networks, one batch through each. */
export interface ProbeCalls {
  /** Equal requests are one probe. */
  create(input: ProbeInput, options?: WaitOptions): Promise<Probe>
  get(id: string, options?: WaitOptions): Promise<Probe>
}

/** RFC 7240. */
const waiting = ({ waitSeconds, signal }: WaitOptions = {}) => ({
  waitSeconds,
  signal,
  headers: { prefer: waitSeconds === undefined ? undefined : `wait=${waitSeconds}` },
})

export const probeCalls = (http: Http): ProbeCalls => ({
  create: (body, options) => http.json(Probe, { path: '/api/v1/probes', method: 'POST', body, idempotent: true, ...waiting(options) }),
  get: (id, options) => http.json(Probe, { path: `/api/v1/probes/${encodeURIComponent(id)}`, ...waiting(options) }),
})
