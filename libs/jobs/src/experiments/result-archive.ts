import type { ArchivedResults } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { keysOf } from '../redis/keys.ts'
import { createScript } from '../lua/create-script.ts'
import { packEpochs } from './packed-epochs.ts'

/** What has ended stays as it is for a minute: those who watched it to its end look at it first. */
const ARCHIVE_DELAY_MS = 60_000
const BATCH_SIZE = 20

/** Where steps, layers and logs of ended experiments lie, by id. */
export interface ResultArchive {
  /** Whole or not at all; again: the same. */
  write(id: string, results: ArchivedResults): Promise<void>
  /** null where there is none. */
  read(id: string): Promise<ArchivedResults | null>
  remove(id: string): Promise<void>
}

const Parts = z.tuple([
  z.array(z.string()),
  z.array(z.string()),
  z.array(z.string()),
  z.instanceof(Buffer).nullable(),
  z.string().nullable(),
])

interface ArchiverDeps {
  redis: Redis
  prefix: string
  archive: ResultArchive
  archiveDelayMs?: number
}

/** Moves steps, layers and logs of what ended a minute ago out of Redis, and packs its epochs; any number of these may run at once. */
export function createResultArchiver({ redis, prefix, archive, archiveDelayMs = ARCHIVE_DELAY_MS }: ArchiverDeps): () => Promise<void> {
  const keys = keysOf(prefix)
  const removeArchived = createScript<{ id: string }, 0 | 1>({ redis, prefix, name: 'experiments/archive', answer: z.literal([0, 1]) })

  async function resultsOf(id: string): Promise<{ epochs: string[]; results: ArchivedResults }> {
    // in one transaction, or one that another process archives meanwhile would be written in part
    const lists = redis.multi().lrange(keys.epochs(id), 0, -1).lrange(keys.layers(id), 0, -1).lrange(keys.logs(id), 0, -1)
    const answers = await lists.getBuffer(keys.losses(id)).get(keys.hashes(id)).exec()
    const [epochs, layers, logs, losses, hashes] = Parts.parse(answers?.map(([, value]) => value))
    return { epochs, results: { version: 1, layers, losses: losses?.toString('base64') ?? '', logs, hashes: hashes ?? '' } }
  }

  async function move(id: string): Promise<void> {
    const { epochs, results } = await resultsOf(id)
    // What was moved before, by another process, must not be written over by nothing.
    const isEmpty = [results.layers, results.losses, results.logs, results.hashes].every((part) => part.length === 0)
    if (!isEmpty) await archive.write(id, results)
    if (!(await removeArchived({ id }, await packEpochs(epochs)))) await archive.remove(id)
  }

  return async () => {
    const [seconds, micros] = await redis.time()
    const nowMs = 1000 * Number(seconds) + Number(micros) / 1000
    const ids = await redis.zrangebyscore(keys.ended, '-inf', nowMs - archiveDelayMs, 'LIMIT', 0, BATCH_SIZE)
    for (const id of ids) await move(id)
  }
}
