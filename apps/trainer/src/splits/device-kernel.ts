import { loadKernel } from '@trainyard/datasets'
import type { Runtime, Tensor } from '@trainyard/tensorflow'
import { gramMatrix } from '@trainyard/training'
import type { LoadedSplits, DeviceSplit } from './device-cache.ts'

/** The largest byte: kernels are of pixels in [0, 1]. */
const PIXEL_MAX = 255

interface KernelHooks {
  onProgress: (progress: { fraction: number }) => void | Promise<void>
  onWarning: (message: string) => void
  signal: AbortSignal
}

/** The inner products of images, cached on the device from one experiment to the next. */
export interface DeviceKernel {
  /** X · Xᵀ as `train` wants it, (train and evaluated images, train images) float64. It is there until the next one is loaded. */
  load(splits: LoadedSplits, hooks: KernelHooks): Promise<Tensor>
}

/** One kernel at a time: sweeps share their images, and another one takes a tenth of a second from the cache. `data`: the data directory. */
export function createDeviceKernel(tf: Runtime, data: string): DeviceKernel {
  let cached: { key: string; kernel: Tensor } | null = null

  const products = (rows: DeviceSplit, columns: DeviceSplit, hooks: KernelHooks): Promise<Float64Array> =>
    loadKernel({
      folder: data,
      rows: { ...rows.key, count: rows.images.count, sha256: rows.sha256 },
      columns: { ...columns.key, count: columns.images.count, sha256: columns.sha256 },
      compute: () =>
        gramMatrix(tf, {
          rows: rows.images,
          columns: columns.images,
          signal: hooks.signal,
          onProgress: (fraction) => hooks.onProgress({ fraction }),
        }),
      onWarning: hooks.onWarning,
    })

  return {
    load: async ({ train, evaluation }, hooks) => {
      const splits = evaluation ? [train, evaluation] : [train]
      const key = splits.map(({ sha256 }) => sha256).join()
      if (cached?.key === key) return cached.kernel
      tf.dispose(cached?.kernel)
      cached = null
      const columns = train.images.count
      const rows = splits.reduce((sum, { images }) => sum + images.count, 0)
      const values = new Float64Array(rows * columns)
      let at = 0
      for (const split of splits) {
        const part = await products(split, train, hooks)
        part.forEach((product, i) => (values[at + i] = product / PIXEL_MAX ** 2))
        at += part.length
      }
      cached = { key, kernel: tf.doubles(values, [rows, columns]) }
      return cached.kernel
    },
  }
}
