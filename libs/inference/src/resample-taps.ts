/** Coefficients are fixed-point numbers with this many bits after the point: Pillow's PRECISION_BITS. */
const COEFFICIENT_BITS = 22

/** How one axis is resampled: output pixel i is the sum over t < counts[i] of input pixel starts[i] + t times coefficients[i * stride + t]. */
export interface ResampleTaps {
  starts: Int32Array
  counts: Int32Array
  coefficients: Int32Array
  stride: number
}

/**
 * Pillow's `precompute_coeffs` and `normalize_coeffs_8bpc` (src/libImaging/Resample.c) for its bilinear filter: a triangle that is
 * widened by the scale when shrinking, which is what torchvision calls antialiasing.
 */
export function bilinearTaps(inputSize: number, outputSize: number): ResampleTaps {
  const scale = inputSize / outputSize
  const support = Math.max(scale, 1)
  const stride = Math.ceil(support) * 2 + 1
  const starts = new Int32Array(outputSize)
  const counts = new Int32Array(outputSize)
  const coefficients = new Int32Array(outputSize * stride)
  for (let i = 0; i < outputSize; i++) {
    const center = (i + 0.5) * scale
    const start = Math.max(Math.trunc(center - support + 0.5), 0)
    const end = Math.min(Math.trunc(center + support + 0.5), inputSize)
    const weights = Array.from({ length: end - start }, (_, t) => triangle((t + start - center + 0.5) * (1 / support)))
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    starts[i] = start
    counts[i] = weights.length
    coefficients.set(
      // No weight is negative, so adding a half and truncating rounds half away from zero.
      weights.map((weight) => Math.trunc(0.5 + (weight / total) * 2 ** COEFFICIENT_BITS)),
      i * stride,
    )
  }
  return { starts, counts, coefficients, stride }
}

function triangle(x: number): number {
  return Math.max(1 - Math.abs(x), 0)
}
