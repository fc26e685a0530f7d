import { GarbageReport, type GarbageRequest, Readiness, WorkerInfo, WorkerList } from '@trainyard/contracts'
import type { z } from 'zod'
import { type DatasetCalls, datasetCalls } from './calls/dataset-calls.ts'
import { type ExperimentCalls, experimentCalls } from './calls/experiment-calls.ts'
import { type CallOptions, createHttp, type HttpOptions } from './http.ts'
import { type KeyCalls, keyCalls } from './calls/key-calls.ts'
import { type SweepCalls, sweepCalls } from './calls/sweep-calls.ts'
import { type ProbeCalls, probeCalls } from './calls/probe-calls.ts'
import { type WeightsCalls, weightsCalls } from './calls/weights-calls.ts'

/** A Trainyard service. Whatever it refuses leaves as a ProblemError, and what cannot be reached as an UnreachableError. */
export interface Client {
  experiments: ExperimentCalls
  sweeps: SweepCalls
  probes: ProbeCalls
  datasets: DatasetCalls
  weights: WeightsCalls
  workers: {
    list(options?: CallOptions): Promise<WorkerList>
    get(id: string, options?: CallOptions): Promise<WorkerInfo>
    /** Drains a worker: it requeues what it runs with a checkpoint, and exits. */
    drain(id: string, options?: CallOptions): Promise<WorkerInfo>
  }
  keys: KeyCalls
  artifacts: {
    /** Removes what nothing needs any more of the service's checkpoints and models. */
    collectGarbage(options?: z.input<typeof GarbageRequest> & CallOptions): Promise<GarbageReport>
  }
  /** Also resolves for a service that is not ready, with `ready` false. */
  ready(options?: CallOptions): Promise<Readiness>
}

export function createClient(options: HttpOptions): Client {
  const http = createHttp(options)
  const worker = (id: string, part = ''): string => `/api/v1/workers/${encodeURIComponent(id)}${part}`
  return {
    experiments: experimentCalls(http),
    sweeps: sweepCalls(http),
    probes: probeCalls(http),
    weights: weightsCalls(http),
    keys: keyCalls(http),
    datasets: datasetCalls(http),
    workers: {
      list: (call) => http.json(WorkerList, { path: '/api/v1/workers', ...call }),
      get: (id, call) => http.json(WorkerInfo, { path: worker(id), ...call }),
      drain: (id, call) => http.json(WorkerInfo, { path: worker(id, '/drain'), method: 'POST', idempotent: true, ...call }),
    },
    artifacts: {
      collectGarbage: ({ signal, ...body } = {}) =>
        http.json(GarbageReport, { path: '/api/v1/artifacts/gc', method: 'POST', body, signal }),
    },
    ready: (call) => http.json(Readiness, { path: '/readyz', alsoFine: [503], ...call }),
  }
}
