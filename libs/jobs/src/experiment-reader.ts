import { type BatchPoint, type Epoch, type Experiment, type LayerRow, LogLine, toJsonNumber } from '@trainyard/contracts'
import type { Redis } from 'ioredis'
import type { z } from 'zod'
import { epochFromRow } from './epoch-row.ts'
import { ExperimentNotFoundError } from './errors.ts'
import { experimentFrom, ExperimentRecord } from './experiment-record.ts'
import { jobId, keysOf } from './keys.ts'
import { layersFromRow } from './layers-row.ts'
import { shortFloat32 } from './short-float32.ts'
import { stepsOf } from './progress.ts'

const FLOAT32_BYTES = 4

/** Reads what the scripts have written. */
export function createExperimentReader({ redis, prefix }: { redis: Redis; prefix: string }) {
  const keys = keysOf(prefix)

  async function record(id: string): Promise<ExperimentRecord> {
    const fields = await redis.hgetall(keys.record(id))
    if (!fields.id) throw new ExperimentNotFoundError(id)
    return ExperimentRecord.parse(fields)
  }

  async function experiment(id: string): Promise<Experiment> {
    const found = await record(id)
    // null also while the outbox still holds it: a retry's backoff
    const rank = found.state === 'queued' ? await redis.zrank(keys.prioritized(found.queue), jobId(found)) : null
    return experimentFrom(found, rank === null ? null : rank + 1)
  }

  async function mustExist(id: string): Promise<void> {
    if ((await redis.exists(keys.record(id))) === 0) throw new ExperimentNotFoundError(id)
  }

  async function epochs(id: string, after: number): Promise<Epoch[]> {
    const rows = await redis.lrange(keys.epochs(id), after, -1)
    if (rows.length === 0) await mustExist(id)
    return rows.map(epochFromRow)
  }

  async function layers(id: string, epoch?: number): Promise<LayerRow[]> {
    const from = (await record(id)).parent?.epoch ?? 0
    if (epoch !== undefined && epoch <= from) return []
    const first = epoch === undefined ? 0 : epoch - 1 - from
    const rows = await redis.lrange(keys.layers(id), first, epoch === undefined ? -1 : first)
    return rows.flatMap((row, i) => layersFromRow(row, from + first + i + 1))
  }

  /** Losses, of a fork its own, lie in one string as float32, in the machine's order, four bytes at 4·(step − 1) over all epochs. */
  async function batches(id: string, epoch?: number): Promise<z.infer<typeof BatchPoint>[]> {
    const { config, parent } = await record(id)
    const steps = stepsOf(config)
    const from = parent?.epoch ?? 0
    if (epoch !== undefined && epoch <= from) return []
    const firstStep = epoch === undefined ? 0 : (epoch - 1 - from) * steps
    const end = epoch === undefined ? -1 : (firstStep + steps) * FLOAT32_BYTES - 1
    const bytes = await redis.getrangeBuffer(keys.losses(id), firstStep * FLOAT32_BYTES, end)
    return Array.from({ length: bytes.length / FLOAT32_BYTES }, (_, i) => ({
      epoch: from + Math.floor((firstStep + i) / steps) + 1,
      step: ((firstStep + i) % steps) + 1,
      loss: toJsonNumber(shortFloat32(bytes.readFloatLE(i * FLOAT32_BYTES))),
    }))
  }

  async function logs(id: string): Promise<LogLine[]> {
    const lines = await redis.lrange(keys.logs(id), 0, -1)
    if (lines.length === 0) await mustExist(id)
    return lines.map((line) => {
      const space = line.indexOf(' ')
      return LogLine.parse({ ...JSON.parse(line.slice(space + 1)), at: new Date(Number(line.slice(0, space))).toISOString() })
    })
  }

  return { record, experiment, epochs, layers, batches, logs }
}
