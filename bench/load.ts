import { startRedis } from '@trainyard/testing/redis/redis-process'
import { bullmqAlone, fastifyAlone } from './alone.ts'
import { startApi } from './api-process.ts'
import { httpCaller } from './http-call.ts'
import { openLoop } from './open-loop.ts'
import { median, ms, quantile } from './table.ts'

const RATE_PER_SECOND = 500
const SECONDS = 60
const STORED = 100_000
const PARALLEL = 32
const READS = { ratePerSecond: 20, seconds: 20 }
const PAGE = 200
const DEFAULT_PAGE = 50
/** Rates tried one after the other, until one does not hold. */
const RATES = [750, 1000, 1250, 1500, 1750, 2000, 2500, 3000]
const RATE_SECONDS = 15
const HOLDS_BELOW_MS = 200

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
    const highest = await highestRate(post, say)
    say(`storing ${STORED} experiments…`)
    let left = STORED - (await countStored(http))
    await Promise.all(
      Array.from({ length: PARALLEL }, async () => {
        while (left-- > 0) await post()
      }),
    )
    const first = await reads(http, '/api/v1/experiments')
    const deep = await reads(http, `/api/v1/experiments?pageToken=${await deepToken(http)}`)
    say('what Fastify and BullMQ do alone…')
    const rates = { posts: { ratePerSecond: RATE_PER_SECOND, seconds: 10 }, reads: READS }
    const fastify = await fastifyAlone({ ...rates, body, page: (await http.call({ path: '/api/v1/experiments' })).text })
    const bullmq = await bullmqAlone(redis.url, { ...rates, stored: STORED, page: DEFAULT_PAGE, deep: 0.8 * STORED })
    return [
      [
        `POST at ${RATE_PER_SECOND}/s for ${SECONDS} s; ${found} of ${posted.length} found afterwards`,
        spread(posted),
        'p99 < 50 ms, all found',
      ],
      ['the same rate: Fastify alone, which stores nothing', spread(fastify.posts), ''],
      ['the same rate: BullMQ alone, adding to a queue', spread(bullmq.posts), ''],
      [`the highest rate with p99 < ${HOLDS_BELOW_MS} ms, ${RATE_SECONDS} s each`, highest, ''],
      [`a list's first page, ${STORED} experiments stored`, spread(first), 'p99 < 20 ms'],
      ['a page behind 80,000 of them', spread(deep), 'as the first'],
      ['the same answer from memory: Fastify alone', spread(fastify.reads), ''],
      [`the first of ${STORED} jobs: BullMQ alone`, spread(bullmq.reads.first), ''],
      ['a page behind 80,000 of them: BullMQ alone', spread(bullmq.reads.deep), ''],
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

const reads = (http: Http, path: string): Promise<number[]> => openLoop({ ...READS, call: async () => void (await http.call({ path })) })

/** The highest of the rates that holds, with what it reached, and how the first one failed that did not. */
async function highestRate(post: () => Promise<void>, say: (text: string) => void): Promise<string> {
  let held = 'none'
  for (const ratePerSecond of RATES) {
    say(`${ratePerSecond} POSTs a second for ${RATE_SECONDS} s…`)
    const latencies = await openLoop({ ratePerSecond, seconds: RATE_SECONDS, call: post })
    if (quantile(latencies, 0.99) >= HOLDS_BELOW_MS) return `${held}; ${ratePerSecond}/s: ${spread(latencies)}`
    held = `${ratePerSecond}/s: ${spread(latencies)}`
  }
  return `${held}, and more was not tried`
}
