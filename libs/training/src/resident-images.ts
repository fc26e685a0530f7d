import { gatherPixels, pixelColumns, type Runtime, type Tensor } from '@trainyard/tensorflow'

/** A split on the device: bytes, scaled to [0, 1] batch by batch. */
export interface ResidentImages {
  readonly count: number
  /** Numbers per image. */
  readonly inputs: number
  /** Images and labels by index: pixels (n, inputs) float32 in [0, 1], labels (n) int32. The caller disposes of both. */
  batch(indices: Int32Array): { x: Tensor; labels: Tensor }
  /** The labels of a batch, without going to the device. */
  labelsOf(indices: Int32Array): Int32Array
  /** Some pixels of all images, as they are stored: (images, count) float32 in 0 … 255. The caller disposes of them. */
  pixels(columns: { first: number; count: number }): Tensor
  dispose(): void
}

/** `pixels` (count, inputs), `labels` (count). On a CPU the tensor may share the memory of `pixels`, which must not change. */
export function residentImages(
  tf: Runtime,
  { pixels, labels, inputs }: { pixels: Uint8Array; labels: Uint8Array; inputs: number },
): ResidentImages {
  const count = labels.length
  const bytes = tf.tensor(pixels, { shape: [count, inputs], dtype: 'uint8' })
  const labelsOf = (indices: Int32Array): Int32Array => indices.map((i) => labels[i] ?? 0)
  return {
    count,
    inputs,
    labelsOf,
    batch: (indices) => {
      const shape = [indices.length]
      const chosen = tf.tensor(indices, { shape, dtype: 'int32' })
      const x = gatherPixels(tf, [bytes, chosen])
      tf.dispose(chosen)
      return { x, labels: tf.tensor(labelsOf(indices), { shape, dtype: 'int32' }) }
    },
    pixels: (columns) => pixelColumns(tf, bytes, columns),
    dispose: () => tf.dispose(bytes),
  }
}
