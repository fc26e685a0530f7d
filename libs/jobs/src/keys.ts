import { CONFIG_VERSION } from '@trainyard/contracts'

/** The braces keep all keys in one slot; BullMQ's begin with it too. */
export const DEFAULT_PREFIX = '{trainyard}'

/** A worker reads only the queues of the config versions and pools that it can run. */
export const queueName = (pool: string): string => `run-v${CONFIG_VERSION}-${pool}`

/** BullMQ's id of an experiment's hand-out; also the outbox's member. */
export const jobId = ({ id, dispatch }: { id: string; dispatch: number }): string => `${id}-${dispatch}`

/** The names that Lua builds too (lua-library.ts): change both. */
export const keysOf = (prefix: string) => ({
  record: (id: string) => `${prefix}:experiment:${id}`,
  epochs: (id: string) => `${prefix}:experiment:${id}:epochs`,
  losses: (id: string) => `${prefix}:experiment:${id}:losses`,
  logs: (id: string) => `${prefix}:experiment:${id}:logs`,
  events: (id: string) => `${prefix}:experiment:${id}:events`,
  all: `${prefix}:index:all`,
  state: (state: string) => `${prefix}:index:state:${state}`,
  tag: (tag: string) => `${prefix}:index:tag:${tag}`,
  outbox: `${prefix}:outbox`,
  feed: `${prefix}:feed`,
  cancelChannel: `${prefix}:cancel`,
  workers: `${prefix}:workers`,
  worker: (id: string) => `${prefix}:worker:${id}`,
  prioritized: (queue: string) => `${prefix}:${queue}:prioritized`,
})
