import type { Client } from '@trainyard/client'
import { median } from './table.ts'

type Request = Parameters<Client['experiments']['submit']>[0]

const base = { dataset: 'synthetic-flowers', imageSize: 64, lr: 0.01 } as const
const QUEUE: readonly Request[] = [
  { ...base, depth: 1, epochs: 20 },
  { ...base, depth: 4, norm: 'batch', epochs: 10 },
  { ...base, depth: 2, width: 1024, epochs: 12 },
  { ...base, depth: 8, norm: 'layer', width: 256, epochs: 15 },
  { ...base, depth: 3, firstLayer: 'direct', epochs: 6 },
  { ...base, depth: 3, norm: 'group', batchSize: 32, epochs: 8 },
]
/** Configs whose durations are unknown; only the speed of the machine is known. */
const OTHERS: readonly Request[] = [
  { ...base, depth: 5, norm: 'batch', width: 384, epochs: 14 },
  { ...base, depth: 1, width: 768, epochs: 25 },
  { ...base, depth: 6, norm: 'layer', batchSize: 128, epochs: 12 },
]

/** Error of the ETAs of a full queue, before and after the service has learned durations; rows of a table. */
export async function measureForecasts(client: Client, say: (text: string) => void): Promise<string[][]> {
  const rows: string[][] = []
  for (const [what, queue] of [
    ['no durations yet', QUEUE],
    ['the same configs', QUEUE],
    ['configs never run before', OTHERS],
  ] as const) {
    say(`a queue of ${queue.length}: ${what}…`)
    const errors = await errorsOf(client, queue)
    const percent = (share: number): string => `${(100 * share).toFixed(0)} %`
    rows.push([
      `ETA of each of ${queue.length} queued: ${what}`,
      `off by p50 ${percent(median(errors))}, max ${percent(Math.max(...errors))}`,
      '',
    ])
  }
  return rows
}

/** |estimated − real| ÷ real, of each one's time to its end. */
async function errorsOf({ experiments }: Client, queue: readonly Request[]): Promise<number[]> {
  const ids: string[] = []
  for (const [seed, request] of queue.entries()) ids.push((await experiments.submit({ ...request, seed })).id)
  const askedAtMs = Date.now()
  const estimates = await Promise.all(ids.map(async (id) => (await experiments.get(id)).progress.etaSeconds))
  const ended = await Promise.all(ids.map((id) => experiments.wait(id)))
  return ended.flatMap(({ finishedAt }, i) => {
    const [expected, seconds] = [estimates[i] ?? null, (Date.parse(finishedAt ?? '') - askedAtMs) / 1000]
    return expected === null ? [] : [Math.abs(expected - seconds) / seconds]
  })
}
