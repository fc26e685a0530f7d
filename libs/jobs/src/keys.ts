import { CONFIG_VERSION, PROBE_VERSION } from '@trainyard/contracts'

/** The braces keep all keys in one slot; BullMQ's begin with it too. */
export const DEFAULT_PREFIX = '{trainyard}'

/** A worker reads only the queues of the config versions and pools that it can run. */
export const queueName = (pool: string, version = CONFIG_VERSION): string => `run-v${version}-${pool}`

/**
 * Versions 1, before the norms, and 2, before sample space, fit into today's schema by its defaults, so what was queued before an upgrade still
 * runs: first, for it has waited longest and nothing new comes behind it.
 */
export const servedQueues = (pool: string): string[] => [queueName(pool, 1), queueName(pool, 2), queueName(pool)]

/** Questions wait in queues of their own, so that neither kind waits behind the other or behind training. */
export const PROBE_QUEUE = `probe-v${PROBE_VERSION}`
export const PREDICT_QUEUE = `predict-v${CONFIG_VERSION}`

/** BullMQ's id of an experiment's hand-out; also the outbox's member. */
export const jobId = ({ id, dispatch }: { id: string; dispatch: number }): string => `${id}-${dispatch}`

/** The names that Lua builds too (lua-library.ts): change both. */
export const keysOf = (prefix: string) => ({
  record: (id: string) => `${prefix}:experiment:${id}`,
  epochs: (id: string) => `${prefix}:experiment:${id}:epochs`,
  losses: (id: string) => `${prefix}:experiment:${id}:losses`,
  layers: (id: string) => `${prefix}:experiment:${id}:layers`,
  logs: (id: string) => `${prefix}:experiment:${id}:logs`,
  events: (id: string) => `${prefix}:experiment:${id}:events`,
  all: `${prefix}:index:all`,
  state: (state: string) => `${prefix}:index:state:${state}`,
  tag: (tag: string) => `${prefix}:index:tag:${tag}`,
  outbox: `${prefix}:outbox`,
  feed: `${prefix}:feed`,
  /** A photo on its way to the worker that names it; never lives longer than a minute. */
  photo: (questionId: string) => `${prefix}:photo:${questionId}`,
  cancelChannel: `${prefix}:cancel`,
  workers: `${prefix}:workers`,
  worker: (id: string) => `${prefix}:worker:${id}`,
  prioritized: (queue: string) => `${prefix}:${queue}:prioritized`,
})
