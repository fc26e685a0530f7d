import { randomUUID } from 'node:crypto'
import type { Client } from '@trainyard/client'
import { type AttemptWriter, createAttemptStore, createAttemptWriter, type Redis } from '@trainyard/jobs'
import { testEpoch } from '@trainyard/testing/experiments/test-epoch'
import { testLayers } from '@trainyard/testing/experiments/test-layers'

const RENEW_MS = 5000
const STEPS = 16
/** Of these 100 events: what a run of short epochs sends. */
const [BATCHES, STEPS_PER_BATCH] = [8, 2]

export interface ScriptedRun {
  id: string
  attempt: AttemptWriter
  /** Lets the lease go on its way. */
  leave: () => void
}

/** An experiment that no worker trains: what it writes comes from the bench, over the same scripts as a worker's. */
export async function beginRun(
  { client, redis }: { client: Client; redis: Redis },
  fields: Parameters<Client['experiments']['submit']>[0],
): Promise<ScriptedRun> {
  const { id } = await client.experiments.submit({ dataset: 'synthetic-flowers', imageSize: 8, pool: 'bench', ...fields })
  const attempts = createAttemptStore({ redis })
  const claim = await attempts.claim({ id, dispatch: 1, token: randomUUID(), workerId: 'bench' })
  if (!claim) throw new Error(`${id} cannot be claimed`)
  const renewing = setInterval(() => void attempts.renew([{ id, token: claim.token }]), RENEW_MS)
  const attempt = createAttemptWriter({ redis, claim })
  await attempt.started({
    engine: { name: 'bench', version: '0', device: 'none', threads: 1 },
    datasetHash: '0'.repeat(64),
    resumedFromEpoch: 0,
  })
  return { id, attempt, leave: () => clearInterval(renewing) }
}

/** A curve like that of a run that learns, never twice the same. */
export const lossAt = (epoch: number, seed: number): number =>
  4.625 * Math.exp(-epoch / (150 + 20 * seed)) + 0.05 * Math.sin(epoch * (1 + seed / 7)) ** 2 + 0.02

/** A hundred events of one epoch: its batches and progress, some lines of the log, the epoch and its layers. */
export async function writeHundred(attempt: AttemptWriter, epoch: number): Promise<void> {
  const loss = lossAt(epoch, 1)
  for (let i = 0; i < BATCHES; i++) {
    const losses = Float32Array.from({ length: STEPS_PER_BATCH }, (_, step) => loss + Math.sin(i + step) / 50)
    await attempt.batches({ epoch, firstStep: i * STEPS_PER_BATCH + 1, losses })
  }
  for (let i = 0; i < 80; i++) await attempt.progress({ phase: 'train', phaseFraction: i / 80, epoch, step: Math.floor((i / 80) * STEPS) })
  for (let i = 0; i < 10; i++)
    await attempt.log({ level: 'info', message: `epoch ${epoch}, line ${i} of the bench`, number: epoch * 10 + i })
  await attempt.epoch(testEpoch(epoch, { loss, evalLoss: loss + 0.1, accuracy: 1 - loss / 5, evalAccuracy: 1 - loss / 4.7 }))
  await attempt.layers(testLayers(epoch))
}
