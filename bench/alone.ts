/** What Fastify and BullMQ reach alone, on this machine in this run: what a service over both cannot be faster than. */
import { setTimeout as delay } from 'node:timers/promises'
import { Queue, QueueEvents, Worker } from 'bullmq'
import Fastify from 'fastify'
import { connectRedis } from '@trainyard/jobs'
import { openEventStreams } from './event-streams.ts'
import { httpCaller } from './http-call.ts'
import { openLoop } from './open-loop.ts'

const PREFIX = '{bench}'
const PRIORITY = 11
const BATCH_SIZE = 1000

interface Rate {
  ratePerSecond: number
  seconds: number
}

/** A POST that stores nothing, and the answer that a list gave, from memory. */
export async function fastifyAlone(options: { body: string; posts: Rate; page: string; reads: Rate }) {
  const { body, page } = options
  const app = Fastify()
  app.post('/', async (_request, reply) => reply.code(201).send({ ok: true }))
  app.get('/', async (_request, reply) => reply.type('application/json').send(page))
  const http = httpCaller(await app.listen({ host: '127.0.0.1', port: 0 }))
  const posts = await openLoop({ ...options.posts, call: async () => void (await http.call({ method: 'POST', path: '/', body })) })
  const reads = await openLoop({ ...options.reads, call: async () => void (await http.call({ path: '/' })) })
  http.close()
  await app.close()
  return { posts, reads }
}

/** Adding to a queue, and reading its first and a deep page with `stored` jobs in it. */
export async function bullmqAlone(url: string, options: { posts: Rate; reads: Rate; stored: number; page: number; deep: number }) {
  const { stored, page, deep } = options
  const connection = connectRedis(url, { name: 'bench', whenDown: 'fail' })
  const queue = new Queue('alone', { connection, prefix: PREFIX })
  const posts = await openLoop({ ...options.posts, call: async (i) => void (await queue.add('run', { i }, { priority: PRIORITY })) })
  for (let added = posts.length; added < stored; added += BATCH_SIZE)
    await queue.addBulk(
      Array.from({ length: BATCH_SIZE }, (_, i) => ({ name: 'run', data: { i: added + i }, opts: { priority: PRIORITY } })),
    )
  const read = (from: number) =>
    openLoop({ ...options.reads, call: async () => void (await queue.getJobs(['prioritized'], from, from + page - 1)) })
  const reads = { first: await read(0), deep: await read(deep) }
  await queue.obliterate({ force: true })
  await queue.close()
  connection.disconnect()
  return { posts, reads }
}

/** An epoch a second, written to all open streams by a loop: no Redis, no reader of the past. */
export async function fastifyStreamsAlone({ count, epochs }: { count: number; epochs: number }): Promise<number[]> {
  const app = Fastify()
  const open = new Set<NodeJS.WritableStream>()
  app.get('/', (_request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' }).write('retry: 2000\n\n')
    open.add(reply.raw)
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const { delaysMs, ended } = await openEventStreams({ url, count })
  for (let epoch = 1; epoch <= epochs; epoch++) {
    await delay(1000) // so that one epoch has reached all clients before the next
    const event = `id: ${epoch}-0\nevent: epoch\ndata: ${JSON.stringify({ epoch, loss: 4.6, at: new Date().toISOString() })}\n\n`
    for (const stream of open) stream.write(event)
  }
  for (const stream of open) stream.end()
  await ended
  await app.close()
  return delaysMs
}

/** From a worker's progress to one listener in the process that serves the streams: before any of them is written to. */
export async function bullmqEventsAlone(url: string, { epochs }: { epochs: number }): Promise<number[]> {
  const connection = connectRedis(url, { name: 'bench', whenDown: 'wait' })
  const blocking = connectRedis(url, { name: 'bench', whenDown: 'wait' })
  const delaysMs: number[] = []
  const settings = { connection, prefix: PREFIX }
  const queue = new Queue('events', settings)
  const events = new QueueEvents('events', { connection: blocking, prefix: PREFIX })
  await events.waitUntilReady()
  events.on('progress', ({ data }) => void delaysMs.push(Date.now() - Number(data)))
  const worker = new Worker(
    'events',
    async (job) => {
      for (let epoch = 0; epoch < epochs; epoch++) {
        await delay(200)
        await job.updateProgress(Date.now())
      }
    },
    settings,
  )
  const job = await queue.add('run', {})
  await job.waitUntilFinished(events)
  await worker.close()
  await events.close()
  await queue.close()
  connection.disconnect()
  blocking.disconnect()
  return delaysMs
}
