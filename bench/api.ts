import { createClient } from '@trainyard/client'
import { startService, stopAndRemove } from '@trainyard/testing/services/service'
import { startRedis } from '@trainyard/testing/redis/redis-process'
import { bullmqEventsAlone, fastifyStreamsAlone } from './alone.ts'
import { openEventStreams } from './event-streams.ts'
import { measureForecasts } from './forecasts.ts'
import { measureLoad } from './load.ts'
import { machineLine } from './machine.ts'
import { markdownTable, median, ms, quantile } from './table.ts'

const STREAMS = 2000
const STARTS = 12

const say = (text: string): void => void process.stderr.write(`${text}\n`)
const spread = (valuesMs: number[]): string =>
  `p50 ${ms(median(valuesMs))}, p99 ${ms(quantile(valuesMs, 0.99))}, max ${ms(Math.max(...valuesMs))}`

const load = await measureLoad(say)
const service = await startService()
const client = createClient({ baseUrl: service.url })
try {
  const rows: string[][] = [...load, ...(await measureForecasts(client, say))]
  const synthetic = { dataset: 'synthetic-flowers', imageSize: 32, epochs: 2, evaluate: 'none', lr: 0.01 } as const
  rows.push(['POST to first step, synthetic-flowers 32 px', spread(await postToFirstStep(synthetic)), '< 300 ms'])
  if (process.env['FLOWERS102_ROOT']) {
    const flowers = { dataset: 'flowers102', imageSize: 128, epochs: 1, evaluate: 'none' } as const
    rows.push(['POST to first step, Flowers102 128 px', spread(await postToFirstStep(flowers)), '< 700 ms'])
  } else say('FLOWERS102_ROOT is not set: without the start on Flowers102')
  const stops = { cancel: await requestEnd('cancel'), pause: await requestEnd('pause') }
  rows.push(['cancel of a running experiment to its end', spread(stops.cancel), '< 200 ms'])
  rows.push(['pause of a running experiment to its checkpoint, epochs of some 50 ms', spread(stops.pause), '< 200 ms and an epoch'])
  rows.push([`epoch to ${STREAMS} open event streams`, spread(await epochToStreams()), 'p99 < 500 ms'])
  say('what Fastify and BullMQ do alone…')
  const epochs = 20
  const alone = await startRedis()
  rows.push([
    `event to ${STREAMS} open streams: Fastify alone, from memory`,
    spread(await fastifyStreamsAlone({ count: STREAMS, epochs })),
    '',
  ])
  rows.push(['progress to one listener: BullMQ alone', spread(await bullmqEventsAlone(alone.url, { epochs })), ''])
  await alone.stop()
  process.stdout.write(
    `${markdownTable(['one API process, Redis with appendfsync always', 'latency', 'goal'], rows)}\n\n${machineLine()}\n`,
  )
} finally {
  await stopAndRemove(service)
}

/** Idle service, warm trainer, cached data: from sending the POST to the arrival of the first step's loss. */
async function postToFirstStep(config: Parameters<typeof client.experiments.submit>[0]): Promise<number[]> {
  say(`POST to first step, ${config.dataset}…`)
  const latenciesMs: number[] = []
  for (let i = 0; i <= STARTS; i++) {
    const startedMs = performance.now()
    const { id } = await client.experiments.submit({ ...config, seed: i })
    let firstMs: number | null = null
    for await (const { event } of client.experiments.events(id)) if (event.type === 'batch') firstMs ??= performance.now() - startedMs
    if (i > 0 && firstMs !== null) latenciesMs.push(firstMs) // the first run decodes and warms up
  }
  return latenciesMs
}

/** From sending the command to the state that it leads to: the worker has received it, its trainer has stopped, and the record is updated. */
async function requestEnd(command: 'cancel' | 'pause'): Promise<number[]> {
  say(`${command} while training…`)
  const latenciesMs: number[] = []
  for (let i = 0; i < STARTS; i++) {
    const { id } = await client.experiments.submit({
      dataset: 'synthetic-flowers',
      imageSize: 32,
      epochs: 10_000,
      evaluate: 'none',
      seed: i,
    })
    let askedMs = 0
    for await (const { event } of client.experiments.events(id)) {
      if (event.type === 'epoch' && askedMs === 0) {
        askedMs = performance.now()
        await client.experiments[command](id)
      }
      if (event.type === 'state' && ['canceled', 'paused'].includes(event.data.state)) break
    }
    latenciesMs.push(performance.now() - askedMs)
    if (command === 'pause') await client.experiments.cancel(id)
  }
  return latenciesMs
}

async function epochToStreams(): Promise<number[]> {
  say(`an experiment with ${STREAMS} watchers…`)
  // about a second an epoch, so that one epoch's fan-out is over before the next one's begins
  const { id } = await client.experiments.submit({
    dataset: 'synthetic-flowers',
    imageSize: 96,
    width: 512,
    epochs: 25,
    evaluate: 'none',
    lr: 0.001,
  })
  const { delaysMs, ended } = await openEventStreams({ url: `${service.url}/api/v1/experiments/${id}/events`, count: STREAMS })
  await ended
  return delaysMs
}
