import { createVariable, gatherPixels, gatherRows, pixelColumns, type Runtime, type Tensor, wholeNumbers } from '@trainyard/tensorflow'

/** What batches are fetched from: the images' pixels, or in the dual form their rows of the kernel. */
export interface BatchSource {
  readonly count: number
  /** Images by index, (n) int64 on the device: x as the network takes it, labels (n) int64. The caller disposes of both. */
  batch(indices: Tensor): { x: Tensor; labels: Tensor }
  /** Labels on the host. */
  labelsOf(indices: Int32Array): Int32Array
}

/** A split on the device: bytes, of which a batch is (n, inputs) float32 in [0, 1]. */
export interface DeviceImages extends BatchSource {
  /** Numbers per image. */
  readonly inputs: number
  /** Labels on the device. */
  labels(indices: Tensor): Tensor
  /** Some pixels of all images, as they are stored: (images, count) float32 in 0 … 255. The caller disposes of them. */
  pixels(columns: { first: number; count: number }): Tensor
  dispose(): void
}

/** `pixels` (count, inputs), `labels` (count). On a CPU the device may share the memory of `pixels`, which must not change. */
export function deviceImages(
  tf: Runtime,
  { pixels, labels, inputs }: { pixels: Uint8Array; labels: Uint8Array; inputs: number },
): DeviceImages {
  const count = labels.length
  const initial = tf.tensor(pixels, { shape: [count, inputs], dtype: 'uint8' })
  const bytes = createVariable(tf, initial)
  tf.dispose(initial)
  const allLabels = wholeNumbers(tf, labels)
  const labelsAt = (indices: Tensor): Tensor => gatherRows(tf, [allLabels, indices])
  return {
    count,
    inputs,
    labelsOf: (indices) => indices.map((i) => labels[i] ?? 0),
    labels: labelsAt,
    batch: (indices) => ({ x: gatherPixels(tf, { bytes, indices }), labels: labelsAt(indices) }),
    pixels: (columns) => tf.scope(() => pixelColumns(tf, bytes.read(), columns)),
    dispose: () => {
      bytes.dispose()
      tf.dispose(allLabels)
    },
  }
}
