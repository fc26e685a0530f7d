import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { ExperimentRequest } from '@trainyard/contracts'
import { resolveConfig } from '@trainyard/planning'
import { stateDict } from '@trainyard/pytorch'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { safetensorsFile } from '@trainyard/testing/experiments/safetensors-file'
import { readWeights } from './read-weights.ts'

let folder: string
beforeAll(async () => void (folder = await mkdtemp(path.join(os.tmpdir(), 'read-weights-'))))
afterAll(() => rm(folder, { recursive: true, force: true }))

const UNITS = 33 // more than are turned at once, and no multiple of them
const valueAt = (i: number): number => (i % 256) / 4 // exact in every type
const asFloat16 = (values: Float32Array): Uint8Array => new Uint8Array(Float16Array.from(values).buffer)
const asFloat64 = (values: Float32Array): Uint8Array => new Uint8Array(Float64Array.from(values).buffer)
const asFloat32 = (values: Float32Array): Uint8Array => new Uint8Array(values.slice().buffer)
const asBfloat16 = (values: Float32Array): Uint8Array =>
  new Uint8Array(Uint16Array.from(new Uint32Array(values.slice().buffer), (bits) => bits >>> 16).buffer)

async function read(dtype: string, encode: (values: Float32Array) => Uint8Array, harm: (values: Float32Array) => void = () => {}) {
  const network = resolveConfig(ExperimentRequest.parse({ imageSize: 8, layerSizes: [UNITS], norm: 'batch' }))
  const tensors = stateDict(network).map(({ name, shape }) => {
    const values = Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, i) => valueAt(i))
    if (name === 'model.2.running_var') harm(values)
    return shape.length === 0 ? { name, shape, dtype: 'I64' } : { name, shape, dtype, values: encode(values) }
  })
  const bytes = safetensorsFile(tensors)
  await writeFile(path.join(folder, 'w.safetensors'), bytes)
  const initialWeights = createHash('sha256').update(bytes).digest('hex')
  return readWeights({ folder, file: 'w.safetensors', config: { ...network, initialWeights } })
}

describe('readWeights()', () => {
  test.each([
    ['F32', asFloat32],
    ['F64', asFloat64],
    ['F16', asFloat16],
    ['BF16', asBfloat16],
  ] as const)('%s — every number in its place, matrices as (inputs, units)', async (dtype, encode) => {
    const { epoch, parameters, buffers } = await read(dtype, encode)
    expect(epoch).toBe(0)
    expect(parameters.map(({ name }) => name)).toEqual(
      ['1.weight', '1.bias', '2.weight', '2.bias', '4.weight', '4.bias'].map((name) => `model.${name}`),
    )
    expect(buffers.map(({ name }) => name)).toEqual(['model.2.running_mean', 'model.2.running_var'])
    expect(parameters[0]?.shape).toEqual([192, UNITS])
    const values = parameters[0]?.values ?? new Float32Array()
    expect(values).toEqual(Float32Array.from({ length: 192 * UNITS }, (_, i) => valueAt((i % UNITS) * 192 + Math.floor(i / UNITS))))
    expect(parameters[1]?.values).toEqual(Float32Array.from({ length: UNITS }, (_, i) => valueAt(i)))
  })

  test.each([NaN, Infinity])('%d among the numbers — refused by the name of its array', async (value) => {
    await expect(read('F32', asFloat32, (values) => void (values[32] = value))).rejects.toThrow('model.2.running_var')
  })

  test('what is too large for float32 is no number there', async () => {
    const tooLarge = (values: Float32Array): Uint8Array => new Uint8Array(Float64Array.from(values, (value) => value + 1e39).buffer)
    await expect(read('F64', tooLarge)).rejects.toThrow('no finite number in float32')
  })
})
