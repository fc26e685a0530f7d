import { expect, test } from 'vitest'
import { type ExportedNetwork, type ExportedNorm, layersModelJson, layersModelWeights } from './layers-model.ts'

const network = (norm: ExportedNorm | null, bias = true): ExportedNetwork => ({
  ...{ imageSize: 8, classes: 102, bias },
  layers: [
    { units: 16, norm, relu: true },
    { units: 102, norm: null, relu: false },
  ],
})
const jsonOf = (of: ExportedNetwork) => layersModelJson(of, { classNames: ['rose'], weightRanges: { 'linear_1/kernel': [-1, 1] } })
const classes = (of: ExportedNetwork): string[] => jsonOf(of).modelTopology.config.layers.map(({ class_name }) => class_name)

const INPUT = ['InputLayer', 'Permute', 'Flatten']

test.each([
  ['none', null, ['Dense', 'Activation', 'Dense']],
  ['batch before', { type: 'batch', position: 'before', groupSize: 1 }, ['Dense', 'BatchNormalization', 'Activation', 'Dense']],
  ['layer after', { type: 'layer', position: 'after', groupSize: 1 }, ['Dense', 'Activation', 'LayerNormalization', 'Dense']],
  ['group before', { type: 'group', position: 'before', groupSize: 4 }, ['Dense', 'TrainyardGroupNormalization', 'Activation', 'Dense']],
] as const)('norm %s — tfjs’s layers in the order of the network', (_, norm, expected) => {
  expect(classes(network(norm))).toEqual([...INPUT, ...expected])
})

test('weights — kernels (inputs, units), and a scale and a shift for every norm', () => {
  expect(layersModelWeights(network({ type: 'batch', position: 'before', groupSize: 1 }))).toEqual([
    { name: 'linear_1/kernel', shape: [192, 16] },
    { name: 'linear_1/bias', shape: [16] },
    ...['gamma', 'beta', 'moving_mean', 'moving_variance'].map((weight) => ({ name: `norm_1/${weight}`, shape: [16] })),
    { name: 'linear_2/kernel', shape: [16, 102] },
    { name: 'linear_2/bias', shape: [102] },
  ])
  expect(layersModelWeights(network(null, false)).map(({ name }) => name)).toEqual(['linear_1/kernel', 'linear_2/kernel'])
})

test('the manifest — one group, one file, the weights in their order; what people need beside it', () => {
  const json = jsonOf(network(null))
  const weights = layersModelWeights(network(null)).map((weight) => ({ ...weight, dtype: 'float32' }))
  expect(json).toMatchObject({ format: 'layers-model', generatedBy: 'Trainyard', convertedBy: null })
  expect(json.weightsManifest).toEqual([{ paths: ['weights.bin'], weights }])
  expect(json.userDefinedMetadata).toMatchObject({ classNames: ['rose'], weightRanges: { 'linear_1/kernel': [-1, 1] } })
})
