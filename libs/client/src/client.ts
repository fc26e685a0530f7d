import {
  BatchList,
  Dataset,
  DatasetList,
  DryRun,
  EpochList,
  Experiment,
  ExperimentPage,
  type ExperimentPatch,
  type ExperimentRequest,
  type ExperimentState,
  type ForkRequest,
  GarbageReport,
  type GarbageRequest,
  LayerList,
  LogList,
  type ModelKind,
  Prediction,
  Probe,
  type ProbeRequest,
  Readiness,
  WorkerInfo,
  WorkerList,
} from '@trainyard/contracts'
import type { z } from 'zod'
import { createHttp, type Fetch } from './http.ts'
import { watchEvents, type WatchedEvent, type WatchOptions } from './watch.ts'

/** The body of a new experiment; every field may be left out. */
export type ExperimentInput = z.input<typeof ExperimentRequest>

/** The body of a probe; every field may be left out. */
export type ProbeInput = z.input<typeof ProbeRequest>

/** A repeat with the same key and body within 24 h answers the experiment that the first call made. */
export interface KeyOptions {
  idempotencyKey?: string | undefined
}

export interface WaitOptions {
  /** How long the service may wait for the result before it answers what there is. */
  waitSeconds?: number | undefined
  signal?: AbortSignal | undefined
}

export interface ModelFileOptions {
  kind: ModelKind
  file: 'model.json' | 'weights.bin' | 'model.safetensors'
}

export interface ListOptions {
  state?: ExperimentState | undefined
  tag?: string | undefined
  pageSize?: number | undefined
  pageToken?: string | undefined
}

/** A Trainyard service. An `id` is a full id, a prefix that fits only one, or `latest`. */
export interface Client {
  /** The same key and body within 24 h answer the experiment that the first call made. */
  submit(input: ExperimentInput, options?: KeyOptions): Promise<Experiment>
  /** Checks and costs an experiment, and queues nothing. */
  dryRun(input: ExperimentInput): Promise<DryRun>
  get(id: string): Promise<Experiment>
  /** Newest first. */
  list(options?: ListOptions): Promise<ExperimentPage>
  /** Ends it: at once, or when its worker has stopped. */
  cancel(id: string): Promise<Experiment>
  /** Has it wait with a checkpoint, its slot free, until it is resumed. */
  pause(id: string): Promise<Experiment>
  resume(id: string): Promise<Experiment>
  /** Runs one that has ended again from the beginning, as a new experiment. */
  retry(id: string, options?: KeyOptions): Promise<Experiment>
  /** Goes on from a kept epoch with other settings, as a new experiment. */
  fork(id: string, input?: z.input<typeof ForkRequest>, options?: KeyOptions): Promise<Experiment>
  /** Runs one that has ended again and compares weights and losses; the new experiment's `replay` tells. */
  replay(id: string, options?: KeyOptions): Promise<Experiment>
  /** Changes name, notes, tags or priority. */
  patch(id: string, changes: ExperimentPatch): Promise<Experiment>
  /** Deletes one that has ended, with its checkpoints and models. */
  remove(id: string): Promise<void>
  epochs(id: string, options?: { after?: number | undefined }): Promise<EpochList>
  /** The epochs as the service writes them for pandas or a spreadsheet. */
  epochsCsv(id: string): Promise<string>
  batches(id: string, options?: { epoch?: number | undefined }): Promise<BatchList>
  /** How the signal fared at every layer, epoch by epoch. */
  layers(id: string, options?: { epoch?: number | undefined }): Promise<LayerList>
  logs(id: string): Promise<LogList>
  /** The likeliest classes of a photo, a JPEG's or PNG's bytes, by the model that the experiment has kept. */
  predict(id: string, photo: Uint8Array<ArrayBuffer>): Promise<Prediction>
  /** A file of the kept model; its body can be large. */
  modelFile(id: string, options: ModelFileOptions): Promise<Response>
  /** The network as a PyTorch module. */
  pytorchSource(id: string): Promise<string>
  /** Equal requests are one probe. */
  probe(input: ProbeInput, options?: WaitOptions): Promise<Probe>
  getProbe(id: string, options?: WaitOptions): Promise<Probe>
  watch(id: string, options?: WatchOptions): AsyncIterable<WatchedEvent>
  datasets(): Promise<DatasetList>
  dataset(name: string): Promise<Dataset>
  workers(): Promise<WorkerList>
  worker(id: string): Promise<WorkerInfo>
  /** Has a worker leave: it gives back what it runs with a checkpoint. */
  drainWorker(id: string): Promise<WorkerInfo>
  /** Removes what nothing needs any more of the service's checkpoints and models. */
  collectGarbage(options?: z.input<typeof GarbageRequest>): Promise<GarbageReport>
  /** Answers for a service that is not ready, too: `ready` says which. */
  ready(): Promise<Readiness>
}

/** The service looks at the bytes themselves. */
const PHOTO_TYPE = 'application/octet-stream'
const PREDICT_SECONDS = 30

/** RFC 7240. */
const waiting = ({ waitSeconds, signal }: WaitOptions = {}) => ({
  ...{ waitSeconds, signal },
  headers: { prefer: waitSeconds === undefined ? undefined : `wait=${waitSeconds}` },
})

export function createClient({ baseUrl, fetch = globalThis.fetch.bind(globalThis) }: { baseUrl: string; fetch?: Fetch }): Client {
  const http = createHttp({ baseUrl, fetch })
  const experiments = '/api/v1/experiments'
  const experiment = (id: string, part = ''): string => `${experiments}/${encodeURIComponent(id)}${part}`
  const post = { path: experiments, method: 'POST' } as const
  const keyed = ({ idempotencyKey }: KeyOptions = {}) => ({ headers: { 'idempotency-key': idempotencyKey } })
  const ask = (
    id: string,
    what: string,
    more: { body?: unknown; headers?: Record<string, string | undefined> } = {},
  ): Promise<Experiment> => http.json(Experiment, { path: experiment(id, `/${what}`), method: 'POST', ...more })
  return {
    submit: (body, options) => http.json(Experiment, { ...post, body, ...keyed(options) }),
    dryRun: (body) => http.json(DryRun, { ...post, body, query: { dryRun: true } }),
    get: (id) => http.json(Experiment, { path: experiment(id) }),
    list: (options) => http.json(ExperimentPage, { path: experiments, query: { ...options } }),
    cancel: (id) => ask(id, 'cancel'),
    pause: (id) => ask(id, 'pause'),
    resume: (id) => ask(id, 'resume'),
    retry: (id, options) => ask(id, 'retry', keyed(options)),
    fork: (id, body = {}, options = {}) => ask(id, 'fork', { body, ...keyed(options) }),
    replay: (id, options) => ask(id, 'replay', keyed(options)),
    patch: (id, body) => http.json(Experiment, { path: experiment(id), method: 'PATCH', body }),
    remove: async (id) => void (await http.send({ path: experiment(id), method: 'DELETE' })),
    epochs: (id, options) => http.json(EpochList, { path: experiment(id, '/epochs'), query: { ...options } }),
    epochsCsv: (id) => http.text({ path: experiment(id, '/epochs'), headers: { accept: 'text/csv' } }),
    batches: (id, options) => http.json(BatchList, { path: experiment(id, '/batches'), query: { ...options } }),
    layers: (id, options) => http.json(LayerList, { path: experiment(id, '/layers'), query: { ...options } }),
    logs: (id) => http.json(LogList, { path: experiment(id, '/logs') }),
    predict: (id, bytes) =>
      http.json(Prediction, {
        path: experiment(id, '/predict'),
        method: 'POST',
        bytes,
        headers: { 'content-type': PHOTO_TYPE },
        waitSeconds: PREDICT_SECONDS,
      }),
    modelFile: (id, { kind, file }) => http.send({ path: experiment(id, `/models/${kind}/${file}`), signal: new AbortController().signal }),
    pytorchSource: (id) => http.text({ path: experiment(id, '/pytorch') }),
    probe: (body, options) => http.json(Probe, { path: '/api/v1/probes', method: 'POST', body, ...waiting(options) }),
    getProbe: (id, options) => http.json(Probe, { path: `/api/v1/probes/${encodeURIComponent(id)}`, ...waiting(options) }),
    watch: (id, options) => watchEvents(http, { id, ...options }),
    datasets: () => http.json(DatasetList, { path: '/api/v1/datasets' }),
    dataset: (name) => http.json(Dataset, { path: `/api/v1/datasets/${encodeURIComponent(name)}` }),
    workers: () => http.json(WorkerList, { path: '/api/v1/workers' }),
    worker: (id) => http.json(WorkerInfo, { path: `/api/v1/workers/${encodeURIComponent(id)}` }),
    drainWorker: (id) => http.json(WorkerInfo, { path: `/api/v1/workers/${encodeURIComponent(id)}/drain`, method: 'POST' }),
    collectGarbage: (body = {}) => http.json(GarbageReport, { path: '/api/v1/artifacts/gc', method: 'POST', body }),
    ready: () => http.json(Readiness, { path: '/readyz', alsoFine: [503] }),
  }
}
