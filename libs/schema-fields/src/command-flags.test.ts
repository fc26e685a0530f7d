import { parseArgs } from 'node:util'
import { expect, test } from 'vitest'
import { commandFlags, InvalidFlagsError, parseFlags, readFlagValues } from './command-flags.ts'
import { ExperimentRequest, TrainingFields } from '@trainyard/contracts'

const flags = commandFlags(ExperimentRequest)
const flagFor = (field: string) => flags.find((flag) => flag.field === field)

test('commandFlags() — one flag for every field of the request', () => {
  expect(flags.map(({ field }) => field)).toEqual(Object.keys(ExperimentRequest.shape))
})

test('commandFlags() — kind, default, choices and bounds are those of the schema', () => {
  expect(flagFor('imageSize')).toEqual({
    field: 'imageSize',
    flag: '--image-size',
    kind: 'number',
    defaultValue: '128',
    description: 'pixels per side; images become imageSize x imageSize x 3; from 8 to 512',
  })
  expect(flagFor('momentum')?.description).toContain('from 0 below 1')
  expect(flagFor('lr')).toMatchObject({ kind: 'number', defaultValue: '0.0001' })
  expect(flagFor('dataset')).toMatchObject({ kind: 'string', choices: ['flowers102', 'synthetic-flowers'] })
  expect(flagFor('bias')).toMatchObject({ kind: 'boolean', defaultValue: 'true' })
  expect(flagFor('layerSizes')).toMatchObject({ kind: 'numbers' })
  expect(flagFor('tags')?.kind).toBe('strings')
  expect(flagFor('tags')).not.toHaveProperty('defaultValue')
})

test('readFlagValues() — what was not given is absent', () => {
  expect(readFlagValues(flags, {})).toEqual({})
  expect(readFlagValues(flags, { depth: '2', watch: true })).toEqual({ depth: 2 })
})

test('readFlagValues() — texts become what the schema wants', () => {
  const options = { layerSizes: '512, 256', tags: 'a,b', lr: '1e-3', name: '12', bias: false }
  expect(readFlagValues(flags, options)).toEqual({ layerSizes: [512, 256], tags: ['a', 'b'], lr: 0.001, name: '12', bias: false })
  expect(readFlagValues(flags, { layerSizes: '' })).toEqual({ layerSizes: [] })
})

test('readFlagValues() — names every flag that is no number', () => {
  expect(() => readFlagValues(flags, { depth: 'deep', lr: '', layerSizes: '1,,2' })).toThrow(
    '--depth: wants a number, not "deep"; --layer-sizes: wants numbers separated by commas, not "1,,2"; --lr: wants a number, not ""',
  )
})

test('parseFlags() — reads what parseArgs found, with the defaults of the schema', () => {
  const { values } = parseArgs({
    args: ['--image-size', '32', '--no-bias'],
    allowNegative: true,
    options: { 'image-size': { type: 'string' }, bias: { type: 'boolean' } },
  })
  expect(parseFlags(TrainingFields, values)).toMatchObject({ imageSize: 32, bias: false, batchSize: 64 })
})

test('parseFlags() — names the flag that is out of bounds, and the one that does not go with another', () => {
  expect(() => parseFlags(ExperimentRequest, { imageSize: '7' })).toThrow(/^--image-size: .*8/)
  expect(() => parseFlags(ExperimentRequest, { depth: '2', layerSizes: '3' })).toThrow(/^--depth: cannot be given together with layerSizes/)
  expect(() => parseFlags(ExperimentRequest, { imageSize: '7' })).toThrow(InvalidFlagsError)
})
