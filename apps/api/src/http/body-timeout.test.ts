import { connect, type Socket } from 'node:net'
import Fastify from 'fastify'
import { afterEach, expect, test } from 'vitest'
import { bodyTimeout } from './body-timeout.ts'

const app = Fastify()
afterEach(() => app.close())

/** Sends the head of a request and half of its body; the rest is up to the test. */
async function halfSent(port: number, path: string): Promise<{ socket: Socket; answer: Promise<string> }> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8')
  let text = ''
  const answer = new Promise<string>((resolve) => {
    socket
      .on('data', (piece: string) => (text += piece))
      .on('error', () => {})
      .on('close', () => resolve(text))
  })
  await new Promise((resolve) => socket.once('connect', resolve))
  const head = ['POST', path, 'HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{']
  socket.write(head.join(' '))
  return { socket, answer }
}

test('a body that comes too slowly for its route is cut off; another route waits longer', async () => {
  await app.register(bodyTimeout)
  app.post('/soon', { config: { bodyTimeoutMs: 50 } }, async () => 'never')
  app.post('/late', { config: { bodyTimeoutMs: 600_000 } }, async () => 'all of it')
  const port = Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port)
  const late = await halfSent(port, '/late')
  const soon = await halfSent(port, '/soon')
  expect(await soon.answer).toBe('')
  late.socket.write('}')
  expect(await late.answer).toContain('all of it')
})
