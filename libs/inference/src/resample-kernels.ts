import type { ResampleTaps } from './resample-taps.ts'
import { RESAMPLE_WASM } from './resample-wasm.ts'

/** An image in the module's memory: bytes (height, width, channels) from `at` on. */
export interface PlacedImage {
  at: number
  width: number
  height: number
  channels: number
}

/** The functions of resample.wat with their memory, from which images of one resize are handed out. */
export interface ResampleKernels {
  memory: WebAssembly.Memory
  resampleRows: Function
  resampleColumns: Function
}

export function instantiateKernels(): ResampleKernels {
  const bytes = Uint8Array.from(atob(RESAMPLE_WASM), (character) => character.charCodeAt(0))
  const { memory, resampleRows, resampleColumns } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports
  if (!(memory instanceof WebAssembly.Memory) || typeof resampleRows !== 'function' || typeof resampleColumns !== 'function')
    throw new Error('resample-wasm.ts is not what resample.wat assembles to')
  return { memory, resampleRows, resampleColumns }
}

const PAGE_BYTES = 65_536
/** How far the kernels read and write beyond an image, besides a row. */
const MARGIN_BYTES = 16

/** Hands out the memory from its start, growing it as needed. */
export function createArena(memory: WebAssembly.Memory) {
  let free = 0
  const allocate = (bytes: number): number => {
    const at = free
    free = Math.ceil((at + bytes) / 16) * 16
    const missing = free - memory.buffer.byteLength
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES))
    return at
  }
  return {
    placeBytes(bytes: Uint8Array): number {
      const at = allocate(bytes.length)
      new Uint8Array(memory.buffer, at).set(bytes)
      return at
    },
    placeImage({ width, height, channels }: Omit<PlacedImage, 'at'>): PlacedImage {
      return { at: allocate((height + 1) * width * channels + MARGIN_BYTES), width, height, channels }
    },
  }
}
export type Arena = ReturnType<typeof createArena>

/** The coefficients' lower part; see resample.wat. */
const LOWER_BITS = 11

/** Taps as the records that resample.wat describes. */
export function packTaps({ starts, counts, coefficients, stride }: ResampleTaps): { bytes: Uint8Array; recordBytes: number } {
  const recordBytes = 8 + Math.ceil(stride / 2) * 8
  const bytes = new Uint8Array(starts.length * recordBytes)
  const view = new DataView(bytes.buffer)
  starts.forEach((start, i) => {
    const count = counts[i]!
    view.setInt32(i * recordBytes, start, true)
    view.setInt32(i * recordBytes + 4, Math.ceil(count / 2), true)
    for (let tap = 0; tap < count; tap++) {
      const coefficient = coefficients[i * stride + tap]!
      const at = i * recordBytes + 8 + (tap >> 1) * 8 + (tap & 1) * 2
      view.setInt16(at, coefficient >> LOWER_BITS, true)
      view.setInt16(at + 4, coefficient & (2 ** LOWER_BITS - 1), true)
    }
  })
  return { bytes, recordBytes }
}

const NO_LANE = 0xff // gives a zero byte

/** Brings two neighbouring pixels together by channel, as 16-bit numbers: r0 r1 g0 g1 b0 b1. */
export function laneOrder(channels: number): Uint8Array {
  const order = new Uint8Array(16).fill(NO_LANE)
  for (let channel = 0; channel < channels; channel++) {
    order[channel * 4] = channel
    order[channel * 4 + 2] = channels + channel
  }
  return order
}
