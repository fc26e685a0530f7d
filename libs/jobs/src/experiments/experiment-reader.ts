import {
  type ArchivedResults,
  type BatchPoint,
  type Epoch,
  type Experiment,
  isTerminal,
  type LayerRow,
  LogLine,
  toJsonNumber,
} from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import type { z } from 'zod'
import { epochFrom } from './epoch-json.ts'
import { ExperimentNotFoundError } from '../errors.ts'
import { experimentFrom, ExperimentRecord, type QueuePlace } from './experiment-record.ts'
import { jobId, keysOf } from '../redis/keys.ts'
import { layersFromRow } from './layers-row.ts'
import { unpackEpochs } from './packed-epochs.ts'
import { createQueueEta } from '../eta/queue-eta.ts'
import type { ResultArchive } from './result-archive.ts'
import { shortFloat32 } from '../redis/short-float32.ts'
import { stepsOf, toMs } from '../eta/progress.ts'

const FLOAT32_BYTES = 4

interface ReaderDeps {
  redis: Redis
  prefix: string
  archive?: ResultArchive
}

const NOTHING: ArchivedResults = { version: 1, layers: [], losses: '', logs: [], hashes: '' }

/** Reads what the scripts have written, and of ended experiments what was moved elsewhere. */
export function createExperimentReader({ redis, prefix, archive }: ReaderDeps) {
  const keys = keysOf(prefix)
  const estimateEta = createQueueEta({ redis, prefix })

  /** A part that is moved out of Redis once the experiment has ended, perhaps while it is read. */
  async function part<Value>(
    found: ExperimentRecord,
    { held, moved }: { held: () => Promise<Value>; moved: (results: ArchivedResults) => Value },
  ): Promise<Value> {
    const { id, archived, state } = found
    if (!archived) {
      const value = await held()
      if (!isTerminal(state) || (await redis.hget(keys.record(id), 'archived')) === null) return value
    }
    return moved((await archive?.read(id)) ?? NOTHING)
  }

  async function record(id: string): Promise<ExperimentRecord> {
    const fields = await redis.hgetall(keys.record(id))
    if (!fields.id) throw new ExperimentNotFoundError(id)
    return ExperimentRecord.parse(fields)
  }

  async function experiment(id: string): Promise<Experiment> {
    const found = await record(id)
    // null also while the outbox still holds it: a retry's backoff
    const rank = found.state === 'queued' ? await redis.zrank(keys.prioritized(found.queue), jobId(found)) : null
    return experimentFrom(found, rank === null ? null : await placeOf(found, rank))
  }

  async function placeOf({ queue, pool, forecast, progress }: ExperimentRecord, rank: number): Promise<QueuePlace> {
    const { startsInSeconds, endsInSeconds } = await estimateEta({ queue, pool, rank, forecast, done: progress.fraction })
    return {
      position: rank + 1,
      startsInSeconds: startsInSeconds && toMs(startsInSeconds),
      endsInSeconds: endsInSeconds && toMs(endsInSeconds),
    }
  }

  async function mustExist(id: string): Promise<void> {
    if ((await redis.exists(keys.record(id))) === 0) throw new ExperimentNotFoundError(id)
  }

  /** As epoch-json.ts writes them, after the first `after`. */
  async function epochTexts(id: string, after = 0): Promise<string[]> {
    const held = await redis.lrange(keys.epochs(id), after, -1)
    if (held.length > 0) return held
    await mustExist(id)
    return (await unpackEpochs(await redis.getBuffer(keys.packed(id)))).slice(after)
  }

  const epochs = async (id: string, after: number): Promise<Epoch[]> => (await epochTexts(id, after)).map(epochFrom)

  async function layers(id: string, epoch?: number): Promise<LayerRow[]> {
    const found = await record(id)
    const from = found.parent?.epoch ?? 0
    if (epoch !== undefined && epoch <= from) return []
    const first = epoch === undefined ? 0 : epoch - 1 - from
    const held = await part(found, {
      held: () => redis.lrange(keys.layers(id), first, epoch === undefined ? -1 : first),
      moved: (results) => results.layers.slice(first, epoch === undefined ? undefined : first + 1),
    })
    return held.flatMap((row, i) => layersFromRow(row, from + first + i + 1))
  }

  /** Losses, of a fork its own, lie in one string as float32, in the machine's order, four bytes at 4·(step − 1) over all epochs. */
  async function batches(id: string, epoch?: number): Promise<z.infer<typeof BatchPoint>[]> {
    const found = await record(id)
    const steps = stepsOf(found.config)
    const from = found.parent?.epoch ?? 0
    if (epoch !== undefined && epoch <= from) return []
    const firstStep = epoch === undefined ? 0 : (epoch - 1 - from) * steps
    const firstByte = firstStep * FLOAT32_BYTES
    const endByte = epoch === undefined ? undefined : (firstStep + steps) * FLOAT32_BYTES
    const bytes = await part(found, {
      held: () => redis.getrangeBuffer(keys.losses(id), firstByte, endByte === undefined ? -1 : endByte - 1),
      moved: (results) => Buffer.from(results.losses, 'base64').subarray(firstByte, endByte),
    })
    return Array.from({ length: bytes.length / FLOAT32_BYTES }, (_, i) => ({
      epoch: from + Math.floor((firstStep + i) / steps) + 1,
      step: ((firstStep + i) % steps) + 1,
      loss: toJsonNumber(shortFloat32(bytes.readFloatLE(i * FLOAT32_BYTES))),
    }))
  }

  async function logs(id: string): Promise<LogLine[]> {
    const lines = await part(await record(id), {
      held: () => redis.lrange(keys.logs(id), 0, -1),
      moved: (results) => results.logs,
    })
    return lines.map((line) => LogLine.parse(JSON.parse(line)))
  }

  /** Of every own epoch its layers' hashes, one behind the other. */
  const layerHashes = async (id: string): Promise<string> =>
    part(await record(id), {
      held: async () => (await redis.get(keys.hashes(id))) ?? '',
      moved: (results) => results.hashes,
    })

  return { record, experiment, epochTexts, epochs, layers, batches, logs, layerHashes }
}
