import { add, matMul, type Runtime, scale, type Tensor, toFloat } from '@trainyard/tensorflow'
import { initialWeightRows, type InitialWeight, type FirstShape, arrayRows, savedInitialWeight } from './initial-weight.ts'
import { type ChunkHooks, forEachChunk } from '../data/chunks.ts'
import type { ModelState, Parameter, SavedArray, SavedModel, SavedState } from '../layers/parameter.ts'
import type { DeviceImages } from '../data/device-images.ts'
import { DUAL_NAMES } from './dual-names.ts'
import { INPUT_CHUNK, PIXEL_MAX } from './dual-space.ts'

interface FromImages extends ChunkHooks {
  /** The train images that the coefficients stand for. */
  images: DeviceImages
}

/** A saved network with its first weight materialized and all arrays in float32; the same arrays where it is not in the dual form. */
export async function materializeModel(tf: Runtime, saved: SavedModel, from: FromImages): Promise<ModelState> {
  const { epoch, parameters, buffers } = saved
  const initial = savedInitialWeight(saved)
  if (!initial) return toModelState(saved)
  const { coefficients, velocityScale } = dualArrays(parameters)
  const weight = await weightOf(tf, { initial, coefficients, scales: { initial: 1, velocity: velocityScale } }, from)
  return { epoch, parameters: withWeight(parameters, weight), buffers: floatArrays(buffers.filter(isPlain)) }
}

/** A saved network over pixels, with all arrays in float32. */
export function toModelState({ epoch, parameters, buffers }: SavedModel): ModelState {
  return { epoch, parameters: floatArrays(parameters), buffers: floatArrays(buffers) }
}

/** A whole state with its first weight materialized, so that a first layer over pixels can resume from it. */
export async function materializeState(tf: Runtime, state: SavedState, from: FromImages): Promise<SavedState> {
  const initial = savedInitialWeight(state)
  if (!initial) return state
  const { coefficients, velocityScale } = dualArrays(state.momenta)
  const velocity = await weightOf(tf, { initial, coefficients, scales: { initial: 0, velocity: velocityScale } }, from)
  return { ...(await materializeModel(tf, state, from)), momenta: withWeight(state.momenta, velocity) }
}

const OWN_NAMES: ReadonlySet<string> = new Set(Object.values(DUAL_NAMES))
const isPlain = ({ name }: SavedArray): boolean => !OWN_NAMES.has(name)

function withWeight(arrays: readonly SavedArray[], weight: Parameter): Parameter[] {
  return [weight, ...floatArrays(arrays.filter(isPlain))]
}

function floatArrays(arrays: readonly SavedArray[]): Parameter[] {
  return arrays.map(({ name, shape, values }) => ({
    name,
    shape,
    values: values instanceof Float32Array ? values : Float32Array.from(values),
  }))
}

function dualArrays(arrays: readonly SavedArray[]): { coefficients: SavedArray; velocityScale: number } {
  const coefficients = arrays.find(({ name }) => name === DUAL_NAMES.coefficients)
  if (!coefficients) throw new Error(`A state with ${DUAL_NAMES.seed} has no ${DUAL_NAMES.coefficients}`)
  return { coefficients, velocityScale: arrays.find(({ name }) => name === DUAL_NAMES.initialVelocityScale)?.values[0] ?? 0 }
}

interface WeightParts {
  initial: InitialWeight
  /** C, (images, units) */
  coefficients: SavedArray
  scales: { initial: number; velocity: number }
}

/** s · W₀ + c · V₀ + Xᵀ · C, chunk by chunk of the inputs: (inputs, units) float32. */
async function weightOf(tf: Runtime, parts: WeightParts, { images, ...hooks }: FromImages): Promise<Parameter> {
  const { initial, coefficients, scales } = parts
  const [, units = 0] = coefficients.shape
  const shape = { inputs: images.inputs, units }
  const values = new Float32Array(shape.inputs * units)
  const overPixels = tf.scope(() =>
    toFloat(tf, scale(tf, tf.doubles(Float64Array.from(coefficients.values), coefficients.shape), 1 / PIXEL_MAX)),
  )
  try {
    await forEachChunk({ total: shape.inputs, size: INPUT_CHUNK, ...hooks }, (chunk) =>
      tf.scope(() => {
        const trained = matMul(tf, [images.pixels(chunk), overPixels], { a: true }) // (inputs, units)
        const rows = initialShare(tf, { initial, scales }, { ...chunk, ...shape })
        values.set(tf.readFloats(rows.reduce((sum, part) => add(tf, [sum, part]), trained)), chunk.first * units)
      }),
    )
  } finally {
    tf.dispose(overPixels)
  }
  return { name: DUAL_NAMES.weight, shape: [shape.inputs, units], values }
}

/** What of s · W₀ and c · V₀ is not nothing: (count, units) each. */
function initialShare(
  tf: Runtime,
  { initial, scales }: Pick<WeightParts, 'initial' | 'scales'>,
  rows: { first: number; count: number } & FirstShape,
): Tensor[] {
  const velocity = 'seed' in initial ? null : initial.velocity
  return [
    ...(scales.initial === 0 ? [] : [initialWeightRows(tf, initial, rows)]),
    ...(velocity && scales.velocity !== 0 ? [scale(tf, arrayRows(tf, velocity, rows), scales.velocity)] : []),
  ]
}
