import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { RequestFailedError } from '../errors.ts'
import { DEFAULT_PREFIX, keysOf } from '../redis/keys.ts'
import { withRedisErrors } from '../redis/redis-errors.ts'
import { failureFrom } from './request-failure.ts'
import { openRequestJobs, requestId, type Wait } from './request-jobs.ts'
import type { ReplyKind } from './request-kinds.ts'

/** No request waits for longer, so its attachment is there no longer. */
const ATTACHMENT_SECONDS = 60

export interface RequestQueue<Data, Answer> {
  /**
   * Has a worker answer the request. RequestFailedError where it cannot; the kind's own error when the time is over or the signal aborts before that.
   * An attachment travels apart from the job, under a key that expires and that is read only once.
   */
  submit(data: Data, options: Wait & { attachment?: Buffer }): Promise<Answer>
}

/** The requests of one kind as the API sees them. */
export function createRequestQueue<Data extends object, Answer>(
  kind: ReplyKind<Data, Answer>,
  { redis, prefix = DEFAULT_PREFIX }: { redis: Redis; prefix?: string },
): RequestQueue<Data, Answer> {
  const jobs = openRequestJobs(kind, { redis, prefix })

  async function answerTo(id: string, wait: Wait): Promise<Answer> {
    await jobs.waitUntilDone(id, wait)
    const { state, job } = await jobs.get(id)
    if (job && state === 'completed') return kind.answer.parse(job.returnvalue)
    if (job && state === 'failed') throw new RequestFailedError(failureFrom(job.failedReason))
    throw kind.timedOut({ taken: state === 'active', timeoutMs: wait.timeoutMs })
  }

  async function submit(data: Data, { attachment, ...wait }: Wait & { attachment?: Buffer }): Promise<Answer> {
    const id = kind.isShared ? requestId(data) : randomUUID()
    const key = keysOf(prefix).attachment(id)
    await jobs.refuseWhenFull()
    try {
      if (attachment) await redis.set(key, attachment, 'EX', ATTACHMENT_SECONDS)
      await jobs.add(id, data)
      return await answerTo(id, wait)
    } finally {
      // A worker that has taken it holds its lock, so that one stays until it is done. What fails here goes by its age.
      if (!kind.isShared) await Promise.all([redis.del(key), jobs.remove(id)]).catch(() => {})
    }
  }

  return { submit: (data, options) => withRedisErrors(() => submit(data, options)) }
}
