import { loadEngine, wholeNumbers } from '@trainyard/tensorflow'
import { expect, test } from 'vitest'
import { createReadbackQueue } from './readback-queue.ts'

const { tf } = loadEngine(process.env)

/** Sizes of the reads of `batches` batches, each of which takes `msOf` milliseconds. */
function readsOf(batches: number, msOf: (batch: number) => number): number[] {
  let clockMs = 0
  const queue = createReadbackQueue(tf, () => clockMs)
  const sizes: number[] = []
  for (let batch = 0; batch < batches; batch++) {
    const startMs = clockMs
    clockMs += msOf(batch)
    queue.push({ tensors: [wholeNumbers(tf, [batch])], labels: Int32Array.of(batch), startMs })
    if (queue.isFull()) sizes.push(queue.read().length)
  }
  queue.dispose()
  return sizes
}

test('the first batch is read at once, then as many as take 250 ms, at most twice as many as before and never more than 256', () => {
  expect(readsOf(60, () => 10)).toEqual([1, 2, 4, 8, 16, 25])
  expect(readsOf(5, () => 400)).toEqual([1, 1, 1, 1, 1])
  expect(Math.max(...readsOf(2000, () => 0.1))).toBe(256)
})

test('a device that becomes slower — fewer are queued from the next read on', () => {
  expect(readsOf(35, (batch) => (batch < 15 ? 10 : 100))).toEqual([1, 2, 4, 8, 16, 2, 2])
})

test('read() — each batch’s numbers and labels in the order of the batches, and no tensor is left', () => {
  const before = tf.liveTensors()
  const queue = createReadbackQueue(tf, () => 0)
  for (let batch = 0; batch < 3; batch++)
    queue.push({
      tensors: [tf.tensor(Float32Array.of(batch, batch + 0.5), { shape: [2], dtype: 'float32' }), wholeNumbers(tf, [batch])],
      labels: Int32Array.of(batch, 9),
      startMs: 0,
    })
  expect(tf.liveTensors()).toBe(before + 6)
  const read = queue.read()
  expect(read.map(({ numbers }) => numbers.map((values) => [...values]))).toEqual([
    [[0, 0.5], [0]],
    [[1, 1.5], [1]],
    [[2, 2.5], [2]],
  ])
  expect(read.map(({ labels }) => [...labels])).toEqual([
    [0, 9],
    [1, 9],
    [2, 9],
  ])
  queue.push({ tensors: [wholeNumbers(tf, [1]), wholeNumbers(tf, [2])], labels: Int32Array.of(1), startMs: 0 })
  queue.dispose()
  expect(tf.liveTensors()).toBe(before)
})
