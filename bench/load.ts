import { Queue } from 'bullmq'
import Fastify from 'fastify'
import { connectRedis } from '@trainyard/jobs'
import { startRedis } from '../tests/support/redis-process.ts'
import { startApi } from './api-process.ts'
import { httpCaller } from './http-call.ts'
import { openLoop } from './open-loop.ts'
import { median, ms, quantile } from './table.ts'

const RATE_PER_SECOND = 500
const SECONDS = 60
const STORED = 100_000
const PARALLEL = 32
const READS_PER_SECOND = 20
const READ_SECONDS = 20
const PAGE = 200

const spread = (latenciesMs: number[]): string => `p50 ${ms(median(latenciesMs))}, p99 ${ms(quantile(latenciesMs, 0.99))}`
const body = JSON.stringify({ dataset: 'synthetic-flowers', pool: 'parked', name: 'load', tags: ['load'] })

/** An API process alone over a Redis in appendfsync always, with what Fastify and BullMQ do alone in the same run; rows of a table. */
export async function measureLoad(say: (text: string) => void): Promise<string[][]> {
  const redis = await startRedis()
  const api = await startApi(redis.url)
  const http = httpCaller(api.url)
  const post = async (): Promise<void> => {
    const { status, text } = await http.call({ method: 'POST', path: '/api/v1/experiments', body })
    if (status !== 201) throw new Error(`${status} ${text}`)
  }
  try {
    say(`${RATE_PER_SECOND} POSTs a second for ${SECONDS} s, and what Fastify and BullMQ alone do…`)
    await openLoop({ ratePerSecond: 200, seconds: 2, call: post })
    const before = await countStored(http)
    const posted = await openLoop({ ratePerSecond: RATE_PER_SECOND, seconds: SECONDS, call: post })
    const found = (await countStored(http)) - before
    const alone = { fastify: await fastifyAlone(), bullmq: await bullmqAlone(redis.url) }
    say(`storing ${STORED} experiments…`)
    let left = STORED - before - found
    await Promise.all(
      Array.from({ length: PARALLEL }, async () => {
        while (left-- > 0) await post()
      }),
    )
    const first = await reads(http, '/api/v1/experiments')
    const deep = await reads(http, `/api/v1/experiments?pageToken=${await deepToken(http)}`)
    return [
      [
        `POST at ${RATE_PER_SECOND}/s for ${SECONDS} s; ${found} of ${posted.length} found afterwards`,
        spread(posted),
        'p99 < 50 ms, all found',
      ],
      ['the same rate: Fastify alone, which stores nothing', spread(alone.fastify), ''],
      ['the same rate: BullMQ alone, adding to a queue', spread(alone.bullmq), ''],
      [`a list's first page, ${STORED} experiments stored`, spread(first), 'p99 < 20 ms'],
      ['a page behind 80,000 of them', spread(deep), 'as the first'],
    ]
  } finally {
    http.close()
    await api.stop()
    await redis.stop()
  }
}

type Http = ReturnType<typeof httpCaller>

async function pageOf(http: Http, token: string | null): Promise<{ items: unknown[]; nextPageToken: string | null }> {
  const { text } = await http.call({ path: `/api/v1/experiments?pageSize=${PAGE}${token === null ? '' : `&pageToken=${token}`}` })
  return JSON.parse(text)
}

async function countStored(http: Http): Promise<number> {
  let count = 0
  let token: string | null = null
  do {
    const page = await pageOf(http, token)
    count += page.items.length
    token = page.nextPageToken
  } while (token !== null)
  return count
}

async function deepToken(http: Http): Promise<string> {
  let token: string | null = null
  for (let seen = 0; seen < 0.8 * STORED; seen += PAGE) token = (await pageOf(http, token)).nextPageToken
  return token ?? ''
}

const reads = (http: Http, path: string): Promise<number[]> =>
  openLoop({ ratePerSecond: READS_PER_SECOND, seconds: READ_SECONDS, call: async () => void (await http.call({ path })) })

async function fastifyAlone(): Promise<number[]> {
  const app = Fastify()
  app.post('/', async (_request, reply) => reply.code(201).send({ ok: true }))
  const http = httpCaller(await app.listen({ host: '127.0.0.1', port: 0 }))
  const latencies = await openLoop({
    ratePerSecond: RATE_PER_SECOND,
    seconds: 10,
    call: async () => void (await http.call({ method: 'POST', path: '/', body })),
  })
  http.close()
  await app.close()
  return latencies
}

async function bullmqAlone(url: string): Promise<number[]> {
  const connection = connectRedis(url, { name: 'bench', whenDown: 'fail' })
  const queue = new Queue('alone', { connection, prefix: '{bench}' })
  const latencies = await openLoop({
    ratePerSecond: RATE_PER_SECOND,
    seconds: 10,
    call: async (i) => void (await queue.add('run', { i }, { priority: 11 })),
  })
  await queue.close()
  connection.disconnect()
  return latencies
}
