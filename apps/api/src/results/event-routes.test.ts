import { once } from 'node:events'
import { connect } from 'node:net'
import { ExperimentEvent } from '@trainyard/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testEpoch } from '@trainyard/testing/experiments/test-epoch'
import { claimNext, startTestApi, type TestApi } from '../test-service.ts'

let api: TestApi
let origin: string

beforeAll(async () => {
  api = await startTestApi()
  origin = await api.app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => api.stop())

interface Sent {
  id: string
  type: string
  data: unknown
}

/** Reads a stream's events as they come; every event must be one of the contract. */
async function* follow(id: string, headers: Record<string, string> = {}): AsyncGenerator<Sent> {
  const reply = await fetch(`${origin}/api/v1/experiments/${id}/events`, { headers })
  expect(reply.status).toBe(200)
  if (!reply.body) throw new Error('the answer has no body')
  let text = ''
  for await (const chunk of reply.body.pipeThrough(new TextDecoderStream())) {
    const frames = `${text}${chunk}`.split('\n\n')
    text = frames.pop() ?? ''
    for (const frame of frames) {
      const fields = new Map(frame.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]))
      const [type, data] = [fields.get('event'), fields.get('data')]
      if (type === undefined || data === undefined) continue
      const event = ExperimentEvent.parse({ type, data: JSON.parse(data) })
      yield { id: fields.get('id') ?? '', ...event }
    }
  }
}

async function submitAndClaim(pool: string) {
  await api.app.inject({ method: 'POST', url: '/api/v1/experiments', payload: { pool, batchSize: 510, epochs: 3 } })
  return claimNext(api, pool)
}

async function collect(events: AsyncIterable<Sent>): Promise<Sent[]> {
  const all: Sent[] = []
  for await (const event of events) all.push(event)
  return all
}

const epochsOf = (events: readonly Sent[]): unknown[] => events.filter(({ type }) => type === 'epoch').map(({ data }) => data)

describe('GET /experiments/{id}/events', () => {
  test('all that was, then what comes, then end and close', async () => {
    const { id, attempt, leave } = await submitAndClaim('live')
    await attempt.batches({ epoch: 1, firstStep: 1, losses: Float32Array.of(4.625, 4.5) })
    await attempt.epoch(testEpoch(1))
    const events: Sent[] = []
    for await (const event of follow(id)) {
      events.push(event)
      if (event.type === 'epoch' && epochsOf(events).length === 1) {
        await attempt.epoch(testEpoch(2, { loss: 'NaN' }))
        await attempt.complete()
      }
    }
    expect(epochsOf(events)).toMatchObject([
      { epoch: 1, loss: 4.615, attempt: 1 },
      { epoch: 2, loss: 'NaN', attempt: 1 },
    ])
    expect(events.find(({ type }) => type === 'batch')?.data).toEqual({ epoch: 1, firstStep: 1, losses: [4.625, 4.5] })
    expect(events.filter(({ type }) => type === 'state').map(({ data }) => data)).toMatchObject([
      { state: 'queued' },
      { state: 'running' },
      { state: 'completed' },
    ])
    expect(events.at(-1)).toMatchObject({ type: 'end', data: { state: 'completed' } })
    await leave()
  })

  test('Last-Event-ID — goes on after it, with nothing twice and nothing missing', async () => {
    const { id, attempt, leave } = await submitAndClaim('resume')
    for (const epoch of [1, 2, 3]) await attempt.epoch(testEpoch(epoch))
    await attempt.complete()
    const all = await collect(follow(id))
    for (const [i, event] of all.slice(0, -1).entries()) {
      const rest = await collect(follow(id, { 'last-event-id': event.id }))
      expect(rest).toEqual(all.slice(i + 1))
    }
    await leave()
  })

  test('headers — no proxy may hold it back', async () => {
    const { id, attempt, leave } = await submitAndClaim('headers')
    await attempt.complete()
    const reply = await fetch(`${origin}/api/v1/experiments/${id}/events`, { headers: { 'x-request-id': 'mine' } })
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'x-request-id': 'mine',
    })
    expect(await reply.text()).toMatch(/^retry: 2000\n\nid: \d+-\d+\nevent: state\ndata: \{/)
    await leave()
  })

  test('a malformed Last-Event-ID — 400', async () => {
    const reply = await api.app.inject({ url: '/api/v1/experiments/latest/events', headers: { 'last-event-id': 'yesterday' } })
    expect(reply.json()).toMatchObject({ status: 400, errors: [{ pointer: 'last-event-id' }] })
  })

  test('200 streams of one experiment — each gets every epoch', async () => {
    const { id, attempt, leave } = await submitAndClaim('many')
    const streams = Array.from({ length: 200 }, () => collect(follow(id)))
    for (const epoch of [1, 2, 3]) await attempt.epoch(testEpoch(epoch))
    await attempt.complete()
    const epochs = (await Promise.all(streams)).map((events) => epochsOf(events).length)
    expect(new Set(epochs)).toEqual(new Set([3]))
    await leave()
  })

  test('a client that leaves — others go on', async () => {
    const { id, attempt, leave } = await submitAndClaim('leaver')
    const socket = connect(Number(new URL(origin).port), '127.0.0.1')
    socket.write(`GET /api/v1/experiments/${id}/events HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    await once(socket, 'data')
    socket.resetAndDestroy()
    const stays = collect(follow(id))
    await attempt.epoch(testEpoch(1))
    await attempt.complete()
    expect(epochsOf(await stays)).toHaveLength(1)
    await leave()
  })
})
