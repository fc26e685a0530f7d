import { createHash } from 'node:crypto'
import type { Client } from '@trainyard/client'
import type { Epoch, Experiment } from '@trainyard/contracts'

type Field = 'id' | 'name' | 'state' | 'config' | 'attempts' | 'transitions' | 'latest' | 'model'

/** An experiment and all that it left. */
export interface Ended {
  experiment: Pick<Experiment, Field>
  epochs: Epoch[]
  /** Of every step, epoch by epoch, as the service reduces them: equal where all steps are. */
  losses: (number | string)[]
  /** SHA-256 of the kept model's file, or null. */
  model: string | null
}

/** Every experiment of a service, oldest first. */
export async function readFinalState(client: Client): Promise<Ended[]> {
  const ended: Ended[] = []
  let pageToken: string | undefined
  do {
    const page = await client.experiments.list({ pageSize: 200, pageToken })
    for (const experiment of page.items) ended.push(await readEnded(client, experiment))
    pageToken = page.nextPageToken ?? undefined
  } while (pageToken !== undefined)
  return ended.toReversed()
}

export async function readEnded(client: Client, experiment: Experiment): Promise<Ended> {
  const { id, model: kept } = experiment
  const [epochs, batches] = await Promise.all([client.experiments.epochs(id), client.experiments.batches(id)])
  let model: string | null = null
  if (kept) {
    const file = await client.experiments.modelFile(id, { kind: kept.kind, file: 'model.safetensors' })
    model = createHash('sha256')
      .update(new Uint8Array(await file.arrayBuffer()))
      .digest('hex')
  }
  return { experiment, epochs: epochs.items, losses: batches.items.map(({ loss }) => loss), model }
}
