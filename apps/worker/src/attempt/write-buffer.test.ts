import { RedisUnavailableError, type Written } from '@trainyard/jobs'
import { expect, test } from 'vitest'
import { createWriteBuffer } from './write-buffer.ts'

function gate() {
  const { promise, resolve, reject } = Promise.withResolvers<Written>()
  return { write: () => promise, open: () => resolve('ok'), fail: reject }
}

function buffer() {
  const calls: unknown[] = []
  return { calls, ...createWriteBuffer({ onFenced: () => calls.push('fenced'), onError: (error) => calls.push(error) }) }
}

test('push() — writes keep their order, one at a time, and the caller does not wait', async () => {
  const writes = buffer()
  const written: number[] = []
  const first = gate()
  await writes.push(first.write)
  for (const i of [1, 2, 3])
    await writes.push(async () => {
      written.push(i)
      return 'ok'
    })
  expect(written).toEqual([])
  first.open()
  await writes.flush()
  expect(written).toEqual([1, 2, 3])
})

test('push() — a write is repeated until Redis is back', async () => {
  const writes = buffer()
  let tries = 0
  await writes.push(async () => {
    tries += 1
    if (tries < 2) throw new RedisUnavailableError()
    return 'ok'
  })
  await writes.flush()
  expect([tries, writes.calls]).toEqual([2, []])
})

test.each([
  ['fenced', async (): Promise<Written> => 'fenced', 'fenced'],
  ['an error', () => Promise.reject(new Error('broken')), new Error('broken')],
])('push() — after %s nothing more is written, and one callback is called once', async (_what, write, expected) => {
  const writes = buffer()
  await writes.push(write)
  await writes.push(() => Promise.reject(new Error('must not be called')))
  await writes.flush()
  expect(writes.calls).toEqual([expected])
})

test('push() — ten thousand writes may wait; the next one has its giver wait', async () => {
  const writes = buffer()
  const first = gate()
  for (let i = 1; i < 10_000; i++) await writes.push(i === 1 ? first.write : async () => 'ok')
  let accepted = false
  const last = writes.push(async () => 'ok').then(() => (accepted = true))
  await Promise.resolve()
  expect(accepted).toBe(false)
  first.open()
  await last
  await writes.flush()
})
