import { Transform } from 'node:stream'
import { z } from 'zod'

const LEVELS = 255
const FLOAT_BYTES = 4

const Weight = z.looseObject({ name: z.string(), shape: z.array(z.int()) })
/** What is needed of a tfjs LayersModel's JSON; all else is passed on. */
const ModelJson = z.looseObject({
  weightsManifest: z.tuple([z.looseObject({ weights: z.array(Weight) })]),
  userDefinedMetadata: z.looseObject({ weightRanges: z.record(z.string(), z.tuple([z.number(), z.number()])) }),
})

/** value ≈ byte · scale + min, for `count` numbers in a row. */
interface Quantisation {
  count: number
  min: number
  scale: number
}

/** A model's JSON with every weight as one byte per number, and how to make those bytes. */
export function quantisedModel(text: string): { json: string; weights: Quantisation[] } {
  const model = ModelJson.parse(JSON.parse(text))
  const { weightRanges } = model.userDefinedMetadata
  const [group] = model.weightsManifest
  const planned = group.weights.map((weight) => {
    const range = weightRanges[weight.name]
    if (!range) throw new Error(`The model's weightRanges lack ${weight.name}`)
    const { min, scale } = quantisationOf(range)
    const count = weight.shape.reduce((product, size) => product * size, 1)
    return { entry: { ...weight, quantization: { dtype: 'uint8', min, scale } }, plan: { count, min, scale } }
  })
  const weightsManifest = [{ ...group, weights: planned.map(({ entry }) => entry) }]
  return { json: JSON.stringify({ ...model, weightsManifest }), weights: planned.map(({ plan }) => plan) }
}

/**
 * As tfjs's converter does: the range is nudged so that zero, where it lies within, is one of the bytes; a single value is all zeros above its min.
 * https://github.com/tensorflow/tfjs/blob/master/tfjs-converter/python/tensorflowjs/quantization.py
 */
function quantisationOf([lowest, highest]: readonly [number, number]): { min: number; scale: number } {
  if (lowest === highest) return { min: lowest, scale: 1 }
  const scale = (highest - lowest) / LEVELS
  const spansZero = lowest <= 0 && highest >= 0
  return { min: spansZero ? -scale * Math.round(-lowest / scale) : lowest, scale }
}

/** float32s in, little-endian, weight after weight; one byte for each out. Chunks may end within a number. */
export function quantiser(weights: readonly Quantisation[]): Transform {
  const quantise = byteMaker(weights)
  let rest: Buffer = Buffer.alloc(0)
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
      const count = Math.floor(bytes.length / FLOAT_BYTES)
      const out = Buffer.alloc(count)
      for (let i = 0; i < count; i++) out[i] = quantise(bytes.readFloatLE(i * FLOAT_BYTES))
      rest = bytes.subarray(count * FLOAT_BYTES)
      done(null, out)
    },
  })
}

/** Takes a model's numbers in order; each weight has its own range. */
function byteMaker(weights: readonly Quantisation[]): (value: number) => number {
  const ahead = [...weights]
  let current: Quantisation = { count: 0, min: 0, scale: 1 }
  let left = 0
  return (value) => {
    while (left === 0 && ahead.length > 0) {
      current = ahead.shift() ?? current
      left = current.count
    }
    left -= 1
    return Math.min(LEVELS, Math.max(0, Math.round((value - current.min) / current.scale)))
  }
}
