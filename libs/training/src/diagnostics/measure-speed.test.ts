import { loadEngine } from '@trainyard/tensorflow'
import { expect, test } from 'vitest'
import { measureSpeed } from './measure-speed.ts'

const { tf } = loadEngine(process.env)

test('measureSpeed() — factors above zero at each width, and no tensor is left', async () => {
  const before = tf.liveTensors()
  const speed = await measureSpeed(tf)
  expect(speed.map(({ width }) => width)).toEqual([64, 1024])
  for (const { direct, dual } of speed) {
    expect(direct).toBeGreaterThan(0)
    expect(dual).toBeGreaterThan(0)
    expect(direct + dual).toBeLessThan(Infinity)
  }
  expect(tf.liveTensors()).toBe(before)
})

test('measureSpeed() — gives way at once when it is asked to, and leaves no tensor either', async () => {
  const before = tf.liveTensors()
  const abort = new AbortController()
  const measuring = measureSpeed(tf, { signal: abort.signal })
  abort.abort()
  await expect(measuring).rejects.toMatchObject({ name: 'AbortError' })
  expect(tf.liveTensors()).toBe(before)
})
