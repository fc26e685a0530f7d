import type { ServerResponse } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { createClient } from './client.ts'
import { ProblemError, UnreachableError } from './errors.ts'
import { sendJson, sendProblem, startStubService, testExperiment } from '@trainyard/testing/services/stub-service'
import type { WatchOptions } from './watch.ts'

let service: Awaited<ReturnType<typeof startStubService>> | undefined
afterEach(() => service?.stop())

/** A service whose n-th connection gets the n-th answer, and a function that collects what a watcher sees. */
async function serve(...answers: ((response: ServerResponse) => void)[]) {
  service = await startStubService((_request, response) => answers[seen.length - 1]?.(response))
  const { seen, url } = service
  const client = createClient({ baseUrl: url })
  return {
    client,
    lastEventIds: () => seen.map(({ headers }) => headers['last-event-id'] ?? null),
    watch: async (options?: WatchOptions): Promise<string[]> => {
      const received: string[] = []
      for await (const { id, event } of client.experiments.events('latest', options)) received.push(`${id} ${event.type}`)
      return received
    },
  }
}

const open = (response: ServerResponse): ServerResponse => response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
const event = (id: string, type: string, data: unknown): string => `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`
const batch = (id: string): string => event(id, 'batch', { epoch: 1, firstStep: 1, losses: [4.6] })
const end = (id: string): string => event(id, 'end', { state: 'completed' })
const snapshot = (id: string): string => event(id, 'snapshot', { experiment: testExperiment, epochs: [] })

test('watch() — yields every event and ends after `end`, though the connection stays open', async () => {
  const { watch, lastEventIds } = await serve(
    (response) => void open(response).write(`retry: 2000\n\n${batch('1-0')}: hm\n\n${end('2-0')}`),
  )
  expect(await watch()).toEqual(['1-0 batch', '2-0 end'])
  expect(lastEventIds()).toEqual([null])
})

test('watch() — an event in pieces is one event', async () => {
  const { watch } = await serve((response) => {
    const text = batch('1-0') + end('2-0')
    open(response).write(text.slice(0, 25))
    setImmediate(() => response.end(text.slice(25)))
  })
  expect(await watch()).toEqual(['1-0 batch', '2-0 end'])
})

test('watch() — a connection that breaks or ends early is taken up again after the last event', async () => {
  const { watch, lastEventIds } = await serve(
    (response) => void open(response).write(batch('1-0'), () => response.destroy()),
    (response) => void response.destroy(),
    (response) => sendProblem(response, { status: 503, code: 'REDIS_UNAVAILABLE' }),
    (response) => sendJson(response, 'Bad gateway', 502),
    (response) => void open(response).end(batch('1-1')),
    (response) => void open(response).end(end('2-0')),
  )
  const reasons: unknown[] = []
  expect(await watch({ onReconnect: (reason) => reasons.push(reason) })).toEqual(['1-0 batch', '1-1 batch', '2-0 end'])
  expect(lastEventIds()).toEqual([null, '1-0', '1-0', '1-0', '1-0', '1-1'])
  expect(reasons).toHaveLength(5)
})

test('watch() — yields no event twice, even where the service starts from the beginning', async () => {
  const { watch } = await serve(
    (response) => void open(response).end(batch('9-0') + batch('10-0')),
    (response) => void open(response).end(batch('9-0') + batch('10-0') + batch('10-2') + end('11-0')),
  )
  expect(await watch()).toEqual(['9-0 batch', '10-0 batch', '10-2 batch', '11-0 end'])
})

test('watch() — a snapshot restarts the stream, and an end with its id is yielded', async () => {
  const { watch } = await serve(
    (response) => void open(response).end(batch('9-0')),
    (response) => void open(response).end(snapshot('5-0') + batch('6-0') + end('6-0')),
  )
  expect(await watch()).toEqual(['9-0 batch', '5-0 snapshot', '6-0 batch', '6-0 end'])
})

test('watch() — goes on after the event that it is given', async () => {
  const { watch, lastEventIds } = await serve((response) => void open(response).end(end('8-0')))
  await watch({ lastEventId: '7-0' })
  expect(lastEventIds()).toEqual(['7-0'])
})

test('watch() — passes over events that it does not know', async () => {
  const { watch } = await serve((response) => void open(response).end(`${event('1-0', 'layers', [])}data: {\n\n${end('2-0')}`))
  expect(await watch()).toEqual(['2-0 end'])
})

test('watch() — a refusal ends it with its error, at once and after a break', async () => {
  const refuse = (response: ServerResponse): void => sendProblem(response, { status: 404, code: 'EXPERIMENT_NOT_FOUND' })
  const { watch } = await serve(refuse, (response) => void open(response).end(batch('1-0')), refuse)
  await expect(watch()).rejects.toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' })
  await expect(watch()).rejects.toBeInstanceOf(ProblemError)
})

test('watch() — throws when nothing answers at first', async () => {
  const { watch } = await serve()
  await service?.stop()
  await expect(watch()).rejects.toBeInstanceOf(UnreachableError)
})

test('watch() — throws when what answers is no event stream', async () => {
  const { watch } = await serve((response) => sendJson(response, {}))
  await expect(watch()).rejects.toMatchObject({ code: 'API_UNREACHABLE' })
})

test('watch() — ends quietly when its signal aborts, also between two connections', async () => {
  const controller = new AbortController()
  const { client } = await serve((response) => void open(response).write(batch('1-0')))
  const received: string[] = []
  for await (const { event: seen } of client.experiments.events('latest', { signal: controller.signal })) {
    received.push(seen.type)
    controller.abort()
  }
  expect(received).toEqual(['batch'])

  const pausing = new AbortController()
  const broken = await serve((response) => void open(response).end(batch('1-0')))
  expect(await broken.watch({ signal: pausing.signal, onReconnect: () => pausing.abort() })).toEqual(['1-0 batch'])
})

test('watch() — a watcher that leaves closes the connection', async () => {
  const left = Promise.withResolvers<void>()
  const { client } = await serve((response) => void open(response.once('close', left.resolve)).write(batch('1-0')))
  const events = client.experiments.events('latest')
  expect(await events.next()).toMatchObject({ value: { event: { type: 'batch' } } })
  await events.return(undefined)
  await expect(left.promise).resolves.toBeUndefined()
})

test('watch() — a first connection that breaks is tried three times', async () => {
  const { watch, lastEventIds } = await serve(
    (response) => void response.destroy(),
    (response) => void response.destroy(),
    (response) => void open(response).end(end('2-0')),
  )
  expect(await watch()).toEqual(['2-0 end'])
  expect(lastEventIds()).toEqual([null, null, null])
})

test('watch() — with waitForService the first connection is tried until it is there; a refusal still ends it', async () => {
  const away = (response: ServerResponse): void => void response.destroy()
  const { watch, lastEventIds } = await serve(
    ...[away, away, away, away],
    (response) => void open(response).end(end('2-0')),
    (response) => sendProblem(response, { status: 404, code: 'EXPERIMENT_NOT_FOUND' }),
  )
  expect(await watch({ waitForService: true })).toEqual(['2-0 end'])
  expect(lastEventIds()).toHaveLength(5)
  await expect(watch({ waitForService: true })).rejects.toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' })
})
