import { add, addScalar, matMul, reshape, type Runtime, scale, sum, type Tensor, toDouble } from '@trainyard/tensorflow'
import { type ChunkHooks, forEachChunk } from '../data/chunks.ts'
import type { DeviceImages } from '../data/device-images.ts'
import { runningSum } from '../data/running-sum.ts'

/** Pixels are multiplied as −128 … 127, so that a chunk's sums stay within 1024 · 128² = 2²⁴, up to which float32 counts without rounding. */
const CENTRE = 128
const CHUNK = 1024

/**
 * Inner products of images as bytes, Σₖ pₖ · qₖ: (rows, columns), row by row. They are whole numbers and exact, whatever the machine; divided by 255² they
 * are those of pixels in [0, 1]. In float32, which is twice as fast as float64: Σ p·q = Σ (p − c)(q − c) + c · (Σ (p − c) + Σ (q − c)) + inputs · c².
 */
export async function gramMatrix(
  tf: Runtime,
  { rows, columns, ...hooks }: ChunkHooks & { rows: DeviceImages; columns: DeviceImages },
): Promise<Float64Array> {
  const total = runningSum(tf)
  try {
    await forEachChunk({ total: rows.inputs, size: CHUNK, ...hooks }, (chunk) =>
      tf.scope(() => total.add(chunkProducts(tf, { rows, columns, chunk }))),
    )
    return tf.scope(() => tf.readDoubles(addScalar(tf, total.value(), rows.inputs * CENTRE ** 2)))
  } finally {
    total.dispose()
  }
}

/** One chunk's share of all but the last term: (rows, columns) float64. */
function chunkProducts(
  tf: Runtime,
  { rows, columns, chunk }: { rows: DeviceImages; columns: DeviceImages; chunk: { first: number; count: number } },
): Tensor {
  const p = addScalar(tf, rows.pixels(chunk), -CENTRE) // (rows, chunk)
  const q = rows === columns ? p : addScalar(tf, columns.pixels(chunk), -CENTRE) // (columns, chunk)
  const sums = (x: Tensor): Tensor => scale(tf, toDouble(tf, sum(tf, x, [1])), CENTRE)
  const [ofRows, ofColumns] = [sums(p), reshape(tf, sums(q), [1, columns.count])] // (rows, 1), (1, columns)
  return add(tf, [add(tf, [toDouble(tf, matMul(tf, [p, q], { b: true })), ofRows]), ofColumns])
}
