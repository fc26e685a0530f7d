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
import { type CallOptions, type Http, keyed, type KeyOptions, queryOf } from '../http.ts'
import { epochsOf, watchEvents, type WatchedEvent, type WatchOptions } from '../watch.ts'

/** The body of a new experiment; every field may be left out. */
export type ExperimentInput = z.input<typeof ExperimentRequest>

export interface BatchOptions extends CallOptions {
  epoch?: number | undefined
  /**
   * extremes: where there are too many steps to draw, the lowest and highest of each stretch; none: every step.
   * @default 'extremes'
   */
  reduce?: 'extremes' | 'none'
}

export interface ModelFileOptions extends CallOptions {
  kind: ModelKind
  file: 'model.json' | 'weights.bin' | 'model.safetensors'
  /**
   * uint8: a quarter of the size, for model.json and weights.bin.
   * @default 'float32'
   */
  weights?: 'float32' | 'uint8'
  /**
   * false: the bytes come from the service itself, not from the artifact store that it would send to.
   * @default true
   */
  redirect?: boolean
}

type Optional<Fields> = { [Name in keyof Fields]?: Fields[Name] | undefined }
export type ListOptions = Optional<ExperimentListQuery> & CallOptions

/** Experiments. An `id` is a full id, a prefix that fits only one, or `latest`. */
export interface ExperimentCalls {
  submit(input: ExperimentInput, options?: KeyOptions): Promise<Experiment>
  /** Checks and costs an experiment, and queues nothing. */
  dryRun(input: ExperimentInput, options?: CallOptions): Promise<DryRun>
  get(id: string, options?: CallOptions): Promise<Experiment>
  /** One page, newest first without `sort`. */
  list(options?: ListOptions): Promise<ExperimentPage>
  /** Every one that fits, page by page. */
  listAll(options?: Omit<ListOptions, 'pageToken'>): AsyncGenerator<Experiment>
  /** Ends it: at once, or when its worker has stopped. */
  cancel(id: string, options?: CallOptions): Promise<Experiment>
  /** Has it wait with a checkpoint, its slot free, until it is resumed. */
  pause(id: string, options?: CallOptions): Promise<Experiment>
  resume(id: string, options?: CallOptions): Promise<Experiment>
  /** Runs one that has ended again from the beginning, as a new experiment. */
  retry(id: string, options?: KeyOptions): Promise<Experiment>
  /** Goes on from an epoch that is kept, with other settings, as a new experiment. */
  fork(id: string, input?: z.input<typeof ForkRequest>, options?: KeyOptions): Promise<Experiment>
  /** Runs one that has ended again and compares weights and losses; see `replay` of the new experiment. */
  replay(id: string, options?: KeyOptions): Promise<Experiment>
  /** Changes name, notes, tags or priority. */
  patch(id: string, changes: ExperimentPatch, options?: CallOptions): Promise<Experiment>
  /** Deletes one that has ended, with its checkpoints and models. */
  remove(id: string, options?: CallOptions): Promise<void>
  epochs(id: string, options?: { after?: number | undefined } & CallOptions): Promise<EpochList>
  /** The epochs as the service writes them for pandas or a spreadsheet. */
  epochsCsv(id: string, options?: CallOptions): Promise<string>
  batches(id: string, options?: BatchOptions): Promise<BatchList>
  /** The signal at every layer, epoch by epoch. */
  layers(id: string, options?: { epoch?: number | undefined } & CallOptions): Promise<LayerList>
  logs(id: string, options?: CallOptions): Promise<LogList>
  /** Curves of up to 50, aligned by epoch, and what differs in their configs. */
  compare(ids: readonly string[], options?: CallOptions): Promise<Comparison>
  /** The losses of up to 200, each in a few points. Whole ids only; one that is gone is left out. */
  sparklines(ids: readonly string[], options?: CallOptions): Promise<SparklineList>
  /** The likeliest classes of a photo, a JPEG's or PNG's bytes, by the retained model of the experiment. */
  predict(id: string, photo: Uint8Array<ArrayBuffer>, options?: CallOptions): Promise<Prediction>
  /** A file of the kept model; its body can be large. */
  modelFile(id: string, options: ModelFileOptions): Promise<Response>
  /** The network as a PyTorch module. */
  pytorchSource(id: string, options?: CallOptions): Promise<string>
  /** Every epoch, as it comes, until the experiment ends; one that was computed a second time with other numbers comes a second time. */
  watch(id: string, options?: WatchOptions): AsyncGenerator<Epoch>
  /** Everything that happens, as it comes, until the experiment ends. */
  events(id: string, options?: WatchOptions): AsyncGenerator<WatchedEvent>
  /** The experiment once it has ended, however that takes; as it is when the signal aborts. */
  wait(id: string, options?: Omit<WatchOptions, 'lastEventId'>): Promise<Experiment>
}

/** The service looks at the bytes themselves. */
const PHOTO_TYPE = 'application/octet-stream'
const PREDICT_SECONDS = 30
const EXPERIMENTS = '/api/v1/experiments'

const pathOf = (id: string, part = ''): string => `${EXPERIMENTS}/${encodeURIComponent(id)}${part}`

export function experimentCalls(http: Http): ExperimentCalls {
  const post = { path: EXPERIMENTS, method: 'POST' } as const
  const get = (id: string, options?: CallOptions): Promise<Experiment> => http.json(Experiment, { path: pathOf(id), ...options })
  const list = (options: ListOptions = {}): Promise<ExperimentPage> => http.json(ExperimentPage, { path: EXPERIMENTS, ...queryOf(options) })
  const act = (id: string, action: string, options?: KeyOptions & { body?: unknown }): Promise<Experiment> =>
    http.json(Experiment, { path: pathOf(id, `/${action}`), method: 'POST', body: options?.body, ...keyed(options) })

  async function* listAll(options: ListOptions = {}): AsyncGenerator<Experiment> {
    for (let page = await list(options); ; page = await list({ ...options, pageToken: page.nextPageToken ?? undefined })) {
      yield* page.items
      if (page.nextPageToken === null) return
    }
  }

  // an abort answers the experiment as it is: only the watching ends
  async function wait(id: string, options: WatchOptions = {}): Promise<Experiment> {
    const found = await get(id)
    if (isTerminal(found.state)) return found
    for await (const { event } of watchEvents(http, { id: found.id, ...options })) if (event.type === 'end') break
    return get(found.id)
  }

  return {
    get,
    list,
    listAll,
    wait,
    submit: (body, options) => http.json(Experiment, { ...post, body, ...keyed(options) }),
    dryRun: (body, options) => http.json(DryRun, { ...post, body, query: { dryRun: true }, idempotent: true, ...options }),
    cancel: (id, options) => act(id, 'cancel', options),
    pause: (id, options) => act(id, 'pause', options),
    resume: (id, options) => act(id, 'resume', options),
    retry: (id, options) => act(id, 'retry', options),
    fork: (id, body = {}, options = {}) => act(id, 'fork', { ...options, body }),
    replay: (id, options) => act(id, 'replay', options),
    patch: (id, body, options) => http.json(Experiment, { path: pathOf(id), method: 'PATCH', body, ...options }),
    // the second time, `latest` would be another one
    remove: async (id, options) => void (await http.send({ path: pathOf(id), method: 'DELETE', idempotent: id !== 'latest', ...options })),
    epochs: (id, options = {}) => http.json(EpochList, { path: pathOf(id, '/epochs'), ...queryOf(options) }),
    epochsCsv: (id, options) => http.text({ path: pathOf(id, '/epochs'), headers: { accept: 'text/csv' }, ...options }),
    batches: (id, options = {}) => http.json(BatchList, { path: pathOf(id, '/batches'), ...queryOf(options) }),
    layers: (id, options = {}) => http.json(LayerList, { path: pathOf(id, '/layers'), ...queryOf(options) }),
    compare: (ids, options) => http.json(Comparison, { path: '/api/v1/compare', query: { ids: ids.join(',') }, ...options }),
    sparklines: (ids, options) => http.json(SparklineList, { path: '/api/v1/sparklines', query: { ids: ids.join(',') }, ...options }),
    logs: (id, options) => http.json(LogList, { path: pathOf(id, '/logs'), ...options }),
    predict: (id, bytes, options) =>
      http.json(Prediction, {
        path: pathOf(id, '/predict'),
        method: 'POST',
        bytes,
        headers: { 'content-type': PHOTO_TYPE },
        waitSeconds: PREDICT_SECONDS,
        idempotent: true,
        ...options,
      }),
    modelFile: (id, { kind, file, ...options }) =>
      http.send({ path: pathOf(id, `/models/${kind}/${file}`), endless: true, ...queryOf(options) }),
    pytorchSource: (id, options) => http.text({ path: pathOf(id, '/pytorch'), ...options }),
    watch: (id, options) => epochsOf(watchEvents(http, { id, ...options })),
    events: (id, options) => watchEvents(http, { id, ...options }),
  }
}
