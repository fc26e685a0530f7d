import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { FeedEvent } from '@trainyard/jobs'
import { afterEach, describe, expect, test } from 'vitest'
import { createEventStreams } from './event-streams.ts'

const MIB = 2 ** 20
const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

/** A server's side and a client's side of one HTTP answer. */
async function openStream(): Promise<{ response: ServerResponse; client: Socket }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (!address || typeof address === 'string') throw new Error('no port')
  const client = connect(address.port, '127.0.0.1')
  client.on('error', () => {})
  client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  const requested: [unknown, ServerResponse] = await new Promise((resolve) => server.once('request', (...both) => resolve(both)))
  cleanups.push(() => {
    client.destroy()
    server.close()
  })
  return { response: requested[1], client }
}

async function* bigEvents(count: number): AsyncGenerator<FeedEvent> {
  const json = JSON.stringify({ message: 'x'.repeat(MIB) })
  for (let i = 1; i <= count; i++) yield { id: `${i}-0`, type: 'log', json }
}

describe('createEventStreams()', () => {
  test('a client that does not read — disconnected, and its events are freed', async () => {
    const { response, client } = await openStream()
    client.pause()
    const streams = createEventStreams({ drainTimeoutMs: 50 })
    cleanups.push(() => streams.close())
    const signals: AbortSignal[] = []
    await streams.send(response, (signal) => {
      signals.push(signal)
      return bigEvents(1000)
    })
    expect(response.destroyed).toBe(true)
    await expect.poll(() => signals.map(({ aborted }) => aborted)).toEqual([true])
  })

  test('a history far above the limit to a client that reads — arrives whole', async () => {
    const { response, client } = await openStream()
    const streams = createEventStreams({ drainTimeoutMs: 60_000 })
    cleanups.push(() => streams.close())
    let bytes = 0
    client.on('data', (chunk) => (bytes += chunk.length))
    const ended = once(response, 'finish')
    await Promise.all([streams.send(response, () => bigEvents(64)), ended])
    await expect.poll(() => bytes, { timeout: 30_000 }).toBeGreaterThan(64 * MIB)
    expect(response.destroyed && !response.writableFinished).toBe(false)
  })

  test('a client that left before its stream began — nothing is subscribed', async () => {
    const { response, client } = await openStream()
    client.destroy()
    await once(response, 'close')
    const streams = createEventStreams({ drainTimeoutMs: 1000 })
    cleanups.push(() => streams.close())
    const subscribed: AbortSignal[] = []
    await streams.send(response, (signal) => {
      subscribed.push(signal)
      return bigEvents(1)
    })
    expect(subscribed).toEqual([])
  })

  test('close() — ends what is open, and what opens later at once', async () => {
    const streams = createEventStreams({ drainTimeoutMs: 1000 })
    const untilAborted = async function* (signal: AbortSignal): AsyncGenerator<FeedEvent> {
      yield { id: '1-0', type: 'log', json: '{}' }
      await once(signal, 'abort')
    }
    const [first, second] = [await openStream(), await openStream()]
    const sent = streams.send(first.response, untilAborted)
    await once(first.client, 'data')
    streams.close()
    await sent
    await streams.send(second.response, untilAborted)
    expect([first.response.writableEnded, second.response.writableEnded]).toEqual([true, true])
  })
})
