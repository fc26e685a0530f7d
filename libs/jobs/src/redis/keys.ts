import { CONFIG_VERSION, PROBE_VERSION } from '@trainyard/contracts'

/** The braces keep all keys in one slot; BullMQ's begin with it too. */
export const DEFAULT_PREFIX = '{trainyard}'

/** A worker reads only the queues of the config versions and pools that it can run. */
export const queueName = (pool: string, version = CONFIG_VERSION): string => `run-v${version}-${pool}`
export function queueOf(name: string): { pool: string; configVersion: number } {
  const [, version = '', pool = ''] = /^run-v(\d+)-(.*)$/.exec(name) ?? []
  return { pool, configVersion: Number(version) }
}

/** What was queued before an upgrade still runs, and first: it has waited longest and nothing new comes behind it. */
export const servedQueues = (pool: string, newest = CONFIG_VERSION): string[] =>
  Array.from({ length: newest }, (_, i) => queueName(pool, i + 1))

/** Interactive requests wait in queues of their own, so that no kind waits behind another or behind training. */
export const PROBE_QUEUE = `probe-v${PROBE_VERSION}`
export const PREDICT_QUEUE = `predict-v${CONFIG_VERSION}`
export const SAMPLES_QUEUE = 'samples-v1'

/** BullMQ's id of an experiment's hand-out; also the outbox's member. */
export const jobId = ({ id, dispatch }: { id: string; dispatch: number }): string => `${id}-${dispatch}`

/** Names that the scripts in lua/ build too: change both. */
export const keysOf = (prefix: string) => ({
  record: (id: string) => `${prefix}:experiment:${id}`,
  epochs: (id: string) => `${prefix}:experiment:${id}:epochs`,
  /** Epochs of an ended one, packed. */
  packed: (id: string) => `${prefix}:experiment:${id}:packed`,
  losses: (id: string) => `${prefix}:experiment:${id}:losses`,
  layers: (id: string) => `${prefix}:experiment:${id}:layers`,
  logs: (id: string) => `${prefix}:experiment:${id}:logs`,
  events: (id: string) => `${prefix}:experiment:${id}:events`,
  /** Of every epoch, its layers' hashes, one behind the other. */
  hashes: (id: string) => `${prefix}:experiment:${id}:hashes`,
  all: `${prefix}:index:all`,
  state: (state: string) => `${prefix}:index:state:${state}`,
  tag: (tag: string) => `${prefix}:index:tag:${tag}`,
  owner: (owner: string) => `${prefix}:index:owner:${owner}`,
  /** Experiments by a search term of their name or tags; all terms in use. */
  term: (term: string) => `${prefix}:index:term:${term}`,
  terms: `${prefix}:index:terms`,
  /** Finished experiments by a result: sixteen hexadecimal digits that sort as the number does, then the id. */
  by: (result: string) => `${prefix}:index:by:${result}`,
  /** Finished experiments whose steps, layers and logs are yet to be moved out of Redis, by when they ended. */
  ended: `${prefix}:ended`,
  sweeps: `${prefix}:sweeps`,
  /** Sweeps whose trials are not all created yet. */
  pendingSweeps: `${prefix}:sweeps:pending`,
  sweep: (id: string) => `${prefix}:sweep:${id}`,
  sweepPlan: (id: string) => `${prefix}:sweep:${id}:plan`,
  /** The experiment of each trial. */
  sweepTrials: (id: string) => `${prefix}:sweep:${id}:trials`,
  /** How many of a group, an owner or a sweep, may run at once. */
  limits: `${prefix}:limits`,
  /** API keys: the ids by when they were made; each one's fields; the id of each secret, by its hash. */
  apiKeys: `${prefix}:api-keys`,
  apiKey: (id: string) => `${prefix}:api-key:${id}`,
  apiKeyHashes: `${prefix}:api-key-hashes`,
  /** Every call that changed something. */
  audit: `${prefix}:audit`,
  /** How many requests each key has sent. */
  rate: `${prefix}:rate:`,
  /** What runs of a pool have taken: those of one kind, or all whose first layer is computed one way. */
  durations: (pool: string, name: string) => `${prefix}:durations:${pool}:${name}`,
  /** What the fleet has done. */
  metrics: `${prefix}:metrics`,
  outbox: `${prefix}:outbox`,
  feed: `${prefix}:feed`,
  /** The bytes of an interactive request, a photo's, on their way to a worker; never there for longer than a minute. */
  attachment: (requestId: string) => `${prefix}:attachment:${requestId}`,
  commandChannel: `${prefix}:commands`,
  /** The experiment of each initial checkpoint, by its token. */
  initialCheckpoints: `${prefix}:initial-checkpoints`,
  /** Experiments whose files are yet to be removed, by when they were deleted. */
  deleted: `${prefix}:deleted`,
  workers: `${prefix}:workers`,
  worker: (id: string) => `${prefix}:worker:${id}`,
  /** There while the worker is asked to drain. */
  drain: (workerId: string) => `${prefix}:drain:${workerId}`,
  /** The names of all queues that experiments were ever put into. */
  queues: `${prefix}:queues`,
  prioritized: (queue: string) => `${prefix}:${queue}:prioritized`,
})
