import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { quantisedModel, quantiser } from './quantised-weights.ts'

const values = { a: [-0.5, 0, 0.25, 1], constant: [2, 2], positive: [3, 3.5, 4], zeros: [0, 0, 0], negative: [-7, 0] }
const rangeOf = (numbers: number[]): [number, number] => [Math.min(...numbers), Math.max(...numbers)]
const model = JSON.stringify({
  format: 'layers-model',
  modelTopology: { kept: true },
  weightsManifest: [
    { paths: ['weights.bin'], weights: Object.entries(values).map(([name, of]) => ({ name, shape: [of.length], dtype: 'float32' })) },
  ],
  userDefinedMetadata: { weightRanges: Object.fromEntries(Object.entries(values).map(([name, of]) => [name, rangeOf(of)])) },
})
const floats = Buffer.from(Float32Array.from(Object.values(values).flat()).buffer)
const Entry = z.object({ name: z.string(), quantization: z.object({ dtype: z.literal('uint8'), min: z.number(), scale: z.number() }) })

test.each([1, 3, 4, 7, 1000])(
  'every number comes back within a step, zero and single values exactly, in chunks of %i bytes',
  async (size) => {
    const { json, weights } = quantisedModel(model)
    const chunks = Array.from({ length: Math.ceil(floats.length / size) }, (_, i) => floats.subarray(i * size, (i + 1) * size))
    const bytes = await buffer(Readable.from(chunks).pipe(quantiser(weights)))
    expect(bytes).toHaveLength(floats.length / 4)
    const entries = z.array(Entry).parse(JSON.parse(json).weightsManifest[0].weights)
    let at = 0
    for (const { name, quantization } of entries)
      for (const value of z.array(z.number()).parse(Reflect.get(values, name))) {
        const back = (bytes[at++] ?? NaN) * quantization.scale + quantization.min
        expect(Math.abs(back - value)).toBeLessThanOrEqual(quantization.scale)
        if (value === 0 || name === 'constant') expect(back).toBe(value)
      }
  },
)

test('the range is nudged by less than a step so that zero is a byte of its own', () => {
  const [a, constant, positive] = z.array(Entry).parse(JSON.parse(quantisedModel(model).json).weightsManifest[0].weights)
  expect(a?.quantization).toEqual({ dtype: 'uint8', scale: 1.5 / 255, min: -85 * (1.5 / 255) })
  expect(constant?.quantization).toEqual({ dtype: 'uint8', scale: 1, min: 2 })
  expect(positive?.quantization).toEqual({ dtype: 'uint8', scale: 1 / 255, min: 3 })
})

test('a weight without its range — is no model to quantise', () => {
  const lacking = JSON.stringify({ ...JSON.parse(model), userDefinedMetadata: { weightRanges: {} } })
  expect(() => quantisedModel(lacking)).toThrow('weightRanges lack a')
})

test('all else of the model is passed on', () => {
  expect(JSON.parse(quantisedModel(model).json)).toMatchObject({ format: 'layers-model', modelTopology: { kept: true } })
})
