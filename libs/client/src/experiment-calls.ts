import {
  BatchList,
  Comparison,
  DryRun,
  type Epoch,
  EpochList,
  Experiment,
  type ExperimentListQuery,
  ExperimentPage,
  type ExperimentPatch,
  type ExperimentRequest,
  type ForkRequest,
  isTerminal,
  LayerList,
  LogList,
  SparklineList,
  type ModelKind,
  Prediction,
} from '@trainyard/contracts'
import type { z } from 'zod'
import type { Http } from './http.ts'
import { epochsOf, watchEvents, type WatchedEvent, type WatchOptions } from './watch.ts'

/** The body of a new experiment; every field may be left out. */
export type ExperimentInput = z.input<typeof ExperimentRequest>

/** A repeat with the same key and body within 24 h answers what the first call made. */
export interface KeyOptions {
  idempotencyKey?: string | undefined
}

export interface ModelFileOptions {
  kind: ModelKind
  file: 'model.json' | 'weights.bin' | 'model.safetensors'
  /** uint8: a quarter of the size, for model.json and weights.bin. */
  weights?: 'float32' | 'uint8'
  /** false: the bytes come from the service itself, not from the artifact store that it would send to. */
  redirect?: boolean
}

type Optional<Fields> = { [Name in keyof Fields]?: Fields[Name] | undefined }
export type ListOptions = Optional<ExperimentListQuery>

/** Experiments. An `id` is a full id, a prefix that fits only one, or `latest`. */
export interface ExperimentCalls {
  submit(input: ExperimentInput, options?: KeyOptions): Promise<Experiment>
  /** Checks and costs an experiment, and queues nothing. */
  dryRun(input: ExperimentInput, options?: { signal?: AbortSignal }): Promise<DryRun>
  get(id: string): Promise<Experiment>
  /** One page, newest first unless `sort` says otherwise. */
  list(options?: ListOptions): Promise<ExperimentPage>
  /** Every one that fits, page by page. */
  listAll(options?: Omit<ListOptions, 'pageToken'>): AsyncGenerator<Experiment>
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
  batches(id: string, options?: { epoch?: number | undefined; reduce?: 'extremes' | 'none' }): Promise<BatchList>
  /** How the signal fared at every layer, epoch by epoch. */
  layers(id: string, options?: { epoch?: number | undefined }): Promise<LayerList>
  logs(id: string): Promise<LogList>
  /** Curves of up to 50, aligned by epoch, and what differs in their configs. */
  compare(ids: readonly string[]): Promise<Comparison>
  /** The losses of up to 200, each in a few points. Whole ids only; one that is gone is left out. */
  sparklines(ids: readonly string[]): Promise<SparklineList>
  /** The likeliest classes of a photo, a JPEG's or PNG's bytes, by the model that the experiment has kept. */
  predict(id: string, photo: Uint8Array<ArrayBuffer>): Promise<Prediction>
  /** A file of the kept model; its body can be large. */
  modelFile(id: string, options: ModelFileOptions): Promise<Response>
  /** The network as a PyTorch module. */
  pytorchSource(id: string): Promise<string>
  /** Every epoch, as it comes, until the experiment ends; one that was computed anew with other numbers comes again. */
  watch(id: string, options?: WatchOptions): AsyncGenerator<Epoch>
  /** Everything that happens, as it comes, until the experiment ends. */
  events(id: string, options?: WatchOptions): AsyncGenerator<WatchedEvent>
  /** The experiment once it has ended, however that takes; as it is when the signal aborts. */
  wait(id: string, options?: Pick<WatchOptions, 'signal' | 'onReconnect'>): Promise<Experiment>
}

/** The service looks at the bytes themselves. */
const PHOTO_TYPE = 'application/octet-stream'
const PREDICT_SECONDS = 30
const EXPERIMENTS = '/api/v1/experiments'

const pathOf = (id: string, part = ''): string => `${EXPERIMENTS}/${encodeURIComponent(id)}${part}`
const keyed = ({ idempotencyKey }: KeyOptions = {}) => ({ headers: { 'idempotency-key': idempotencyKey } })

export function experimentCalls(http: Http): ExperimentCalls {
  const post = { path: EXPERIMENTS, method: 'POST' } as const
  const get = (id: string): Promise<Experiment> => http.json(Experiment, { path: pathOf(id) })
  const list = (options: ListOptions = {}): Promise<ExperimentPage> =>
    http.json(ExperimentPage, { path: EXPERIMENTS, query: { ...options } })
  const ask = (
    id: string,
    what: string,
    more: { body?: unknown; headers?: Record<string, string | undefined> } = {},
  ): Promise<Experiment> => http.json(Experiment, { path: pathOf(id, `/${what}`), method: 'POST', ...more })

  async function* listAll(options: ListOptions = {}): AsyncGenerator<Experiment> {
    for (let page = await list(options); ; page = await list({ ...options, pageToken: page.nextPageToken ?? undefined })) {
      yield* page.items
      if (page.nextPageToken === null) return
    }
  }

  async function wait(id: string, options: WatchOptions = {}): Promise<Experiment> {
    const found = await get(id)
    if (isTerminal(found.state)) return found
    for await (const { event } of watchEvents(http, { id: found.id, ...options })) if (event.type === 'end') break
    return get(found.id)
  }

  return {
    ...{ get, list, listAll, wait },
    submit: (body, options) => http.json(Experiment, { ...post, body, ...keyed(options) }),
    dryRun: (body, options) => http.json(DryRun, { ...post, body, query: { dryRun: true }, ...options }),
    cancel: (id) => ask(id, 'cancel'),
    pause: (id) => ask(id, 'pause'),
    resume: (id) => ask(id, 'resume'),
    retry: (id, options) => ask(id, 'retry', keyed(options)),
    fork: (id, body = {}, options = {}) => ask(id, 'fork', { body, ...keyed(options) }),
    replay: (id, options) => ask(id, 'replay', keyed(options)),
    patch: (id, body) => http.json(Experiment, { path: pathOf(id), method: 'PATCH', body }),
    remove: async (id) => void (await http.send({ path: pathOf(id), method: 'DELETE' })),
    epochs: (id, options) => http.json(EpochList, { path: pathOf(id, '/epochs'), query: { ...options } }),
    epochsCsv: (id) => http.text({ path: pathOf(id, '/epochs'), headers: { accept: 'text/csv' } }),
    batches: (id, options) => http.json(BatchList, { path: pathOf(id, '/batches'), query: { ...options } }),
    layers: (id, options) => http.json(LayerList, { path: pathOf(id, '/layers'), query: { ...options } }),
    compare: (ids) => http.json(Comparison, { path: '/api/v1/compare', query: { ids: ids.join(',') } }),
    sparklines: (ids) => http.json(SparklineList, { path: '/api/v1/sparklines', query: { ids: ids.join(',') } }),
    logs: (id) => http.json(LogList, { path: pathOf(id, '/logs') }),
    predict: (id, bytes) =>
      http.json(Prediction, {
        path: pathOf(id, '/predict'),
        method: 'POST',
        bytes,
        headers: { 'content-type': PHOTO_TYPE },
        waitSeconds: PREDICT_SECONDS,
      }),
    modelFile: (id, { kind, file, ...query }) =>
      http.send({ path: pathOf(id, `/models/${kind}/${file}`), query, signal: new AbortController().signal }),
    pytorchSource: (id) => http.text({ path: pathOf(id, '/pytorch') }),
    watch: (id, options) => epochsOf(watchEvents(http, { id, ...options })),
    events: (id, options) => watchEvents(http, { id, ...options }),
  }
}
