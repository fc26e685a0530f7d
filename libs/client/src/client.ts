import { GarbageReport, type GarbageRequest, Readiness, WorkerInfo, WorkerList } from '@trainyard/contracts'
import type { z } from 'zod'
import { type DatasetCalls, datasetCalls } from './dataset-calls.ts'
import { type ExperimentCalls, experimentCalls } from './experiment-calls.ts'
import { createHttp, type Fetch } from './http.ts'
import { type KeyCalls, keyCalls } from './key-calls.ts'
import { type SweepCalls, sweepCalls } from './sweep-calls.ts'
import { type ProbeCalls, probeCalls } from './probe-calls.ts'
import { type WeightsCalls, weightsCalls } from './weights-calls.ts'

export interface ClientOptions {
  baseUrl: string
  /** Sent as `Authorization: Bearer`, where the service needs one. */
  apiKey?: string | undefined
  /** How long an answer may take; streams have no end. */
  timeoutMs?: number
  fetch?: Fetch
}

/** A Trainyard service. Whatever it refuses leaves as a ProblemError, and what cannot be reached as an UnreachableError. */
export interface Client {
  experiments: ExperimentCalls
  sweeps: SweepCalls
  probes: ProbeCalls
  datasets: DatasetCalls
  weights: WeightsCalls
  workers: {
    list(): Promise<WorkerList>
    get(id: string): Promise<WorkerInfo>
    /** Has a worker leave: it gives back what it runs with a checkpoint. */
    drain(id: string): Promise<WorkerInfo>
  }
  keys: KeyCalls
  artifacts: {
    /** Removes what nothing needs any more of the service's checkpoints and models. */
    collectGarbage(options?: z.input<typeof GarbageRequest>): Promise<GarbageReport>
  }
  /** Answers for a service that is not ready, too: `ready` says which. */
  ready(): Promise<Readiness>
}

export function createClient({ baseUrl, apiKey, timeoutMs, fetch = globalThis.fetch.bind(globalThis) }: ClientOptions): Client {
  const http = createHttp({ baseUrl, apiKey, fetch, ...(timeoutMs !== undefined && { timeoutMs }) })
  const worker = (id: string, part = ''): string => `/api/v1/workers/${encodeURIComponent(id)}${part}`
  return {
    experiments: experimentCalls(http),
    sweeps: sweepCalls(http),
    probes: probeCalls(http),
    weights: weightsCalls(http),
    keys: keyCalls(http),
    datasets: datasetCalls(http),
    workers: {
      list: () => http.json(WorkerList, { path: '/api/v1/workers' }),
      get: (id) => http.json(WorkerInfo, { path: worker(id) }),
      drain: (id) => http.json(WorkerInfo, { path: worker(id, '/drain'), method: 'POST' }),
    },
    artifacts: { collectGarbage: (body = {}) => http.json(GarbageReport, { path: '/api/v1/artifacts/gc', method: 'POST', body }) },
    ready: () => http.json(Readiness, { path: '/readyz', alsoFine: [503] }),
  }
}
