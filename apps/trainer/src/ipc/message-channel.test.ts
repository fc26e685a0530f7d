import { expect, test } from 'vitest'
import { createMessageChannel } from './message-channel.ts'

test('createMessageChannel() — 64 unacknowledged messages make the sender wait, an acknowledgement lets it go on', async () => {
  const posted: unknown[] = []
  const channel = createMessageChannel((message) => posted.push(message))
  for (let i = 1; i < 64; i++) await channel.send({ type: 'completed', runId: `${i}`, rssBytes: 0 })
  let passed = false
  const blocked = channel.send({ type: 'completed', runId: '64', rssBytes: 0 }).then(() => (passed = true))
  await new Promise((resolve) => setImmediate(resolve))
  expect(passed).toBe(false)
  channel.acknowledge(1)
  await blocked
  expect(passed).toBe(true)
  expect(posted).toHaveLength(64)
})
