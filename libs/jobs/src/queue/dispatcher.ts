import type { Redis } from 'ioredis'
import { openJobQueues } from './job-queues.ts'
import { DEFAULT_PREFIX, jobId, keysOf } from '../redis/keys.ts'
import { outboxScripts } from './outbox-scripts.ts'

const DUE_COUNT = 100
const PAGE_COUNT = 500
const CLAIM_TIMEOUT_MS = 10_000
/** BullMQ serves low numbers first, 0 before all, and has two million of them. */
const RECOVERED_PRIORITY = 1
/** Each of our 21 priorities, from -10 to 10, has this many start tags; later ones wait behind them in the order of arrival. */
const START_TAGS = 99_000
const queuePriority = ({ priority, startTag }: { priority: number; startTag: number }): number =>
  RECOVERED_PRIORITY + 1 + (10 - priority) * START_TAGS + Math.min(startTag, START_TAGS - 1)

interface DueJob {
  id: string
  dispatch: number
  queue: string
  priority: number
}

/** Hands queued experiments to BullMQ, and again those that it has lost. Any number of these may run at once. */
export function createDispatcher({
  redis,
  prefix = DEFAULT_PREFIX,
  onError,
}: {
  redis: Redis
  prefix?: string
  onError: (error: unknown) => void
}) {
  const scripts = outboxScripts({ redis, prefix })
  const queues = openJobQueues({ redis, prefix, onError })
  /** Unclaimed jobs and when this process first saw them so, by its own steady clock. */
  let unclaimedSince = new Map<string, number>()
  let lookFrom = ''

  async function add({ id, dispatch, queue, priority }: DueJob): Promise<void> {
    const options = { jobId: jobId({ id, dispatch }), attempts: 1, priority, removeOnComplete: true, removeOnFail: true }
    await queues.get(queue).add('run', { id, dispatch }, options)
  }

  /** Adds all that is due, in order. An entry is cleared only once BullMQ has the job; a job added twice is one. */
  async function flushOutbox(): Promise<void> {
    const due = (await scripts.due({ count: DUE_COUNT })).map(([id, dispatch, queue, priority, recovered, startTag]) => ({
      ...{ id, dispatch, queue },
      priority: recovered ? RECOVERED_PRIORITY : queuePriority({ priority, startTag }),
    }))
    if (due.length === 0) return
    await Promise.all(due.map(add))
    await redis.zrem(keysOf(prefix).outbox, due.map(jobId))
    if (due.length === DUE_COUNT) await flushOutbox()
  }

  /** Dispatches again what has been unclaimed for ten seconds although nothing waits in the queue. */
  async function repair(nowMs = performance.now()): Promise<number> {
    if ((await redis.exists(keysOf(prefix).state('queued'))) === 0) {
      unclaimedSince.clear()
      lookFrom = ''
      return 0
    }
    const [next, jobs] = await scripts.undelivered({ after: lookFrom, count: PAGE_COUNT })
    const looked = new Map(jobs.map((job) => [job, unclaimedSince.get(job) ?? nowMs]))
    const wholeRound = lookFrom === '' && next === ''
    // While the queued are looked at page by page, those of other pages stay noted.
    unclaimedSince = wholeRound ? looked : new Map([...unclaimedSince, ...looked])
    lookFrom = next
    const overdue = jobs.filter((job) => nowMs - (unclaimedSince.get(job) ?? nowMs) >= CLAIM_TIMEOUT_MS)
    for (const job of overdue) unclaimedSince.delete(job)
    return overdue.length === 0 ? 0 : await scripts.redispatch({ jobs: overdue })
  }

  return { flushOutbox, repair, close: () => queues.close() }
}
export type Dispatcher = ReturnType<typeof createDispatcher>
