import { describe, expect, test } from 'vitest'
import { ExperimentRequest, type Tensor } from '@trainyard/contracts'
import { resolveConfig } from '@trainyard/planning'
import { stateDict } from './state-dict.ts'
import { weightsFieldErrors } from './weights-field-errors.ts'
import { weightsNetwork } from './weights-network.ts'

const SMALL = { imageSize: 8, layerSizes: [6, 4] }
const configOf = (request: object) => resolveConfig(ExperimentRequest.parse({ ...SMALL, groupSize: 2, ...request }))
const tensorsOf = (request: object): Tensor[] =>
  stateDict(configOf(request)).map(({ name, shape }) => ({ name, shape, dtype: shape.length === 0 ? 'I64' : 'F32' }))
const names = (request: object): string[] => tensorsOf(request).map(({ name }) => name.replace('model.', ''))
const faultsOf = (request: object, weights: object): string[] => {
  const tensors = tensorsOf(weights)
  return weightsFieldErrors(configOf(request), { tensors, network: weightsNetwork(tensors) }).map(
    ({ field, message }) => `${field} ${message}`,
  )
}

describe('stateDict()', () => {
  test('names and shapes as PyTorch has them', () => {
    expect(tensorsOf({ layerSizes: [4], norm: 'batch' })).toEqual([
      { name: 'model.1.weight', shape: [4, 192], dtype: 'F32' },
      { name: 'model.1.bias', shape: [4], dtype: 'F32' },
      { name: 'model.2.weight', shape: [4], dtype: 'F32' },
      { name: 'model.2.bias', shape: [4], dtype: 'F32' },
      { name: 'model.2.running_mean', shape: [4], dtype: 'F32' },
      { name: 'model.2.running_var', shape: [4], dtype: 'F32' },
      { name: 'model.2.num_batches_tracked', shape: [], dtype: 'I64' },
      { name: 'model.4.weight', shape: [102, 4], dtype: 'F32' },
      { name: 'model.4.bias', shape: [102], dtype: 'F32' },
    ])
    expect(names({ norm: 'layer', normPosition: 'after', normAffine: true, bias: false })).toEqual([
      '1.weight',
      '3.weight',
      '3.bias',
      '4.weight',
      '6.weight',
      '6.bias',
      '7.weight',
    ])
    expect(names({ norm: 'group', normAffine: false, bias: false })).toEqual(['1.weight', '4.weight', '7.weight'])
    expect(names({ norm: 'layer', layerSizes: [] })).toEqual(['1.weight', '1.bias'])
  })
})

describe('weightsNetwork()', () => {
  const none = { norm: 'none', normPosition: null, normAffine: null, bias: true }
  test.each<[object, object]>([
    [{}, none],
    [{ bias: false }, { ...none, bias: false }],
    [{ layerSizes: [] }, none],
    [{ norm: 'batch' }, { norm: 'batch', normPosition: 'before', normAffine: true }],
    [
      { norm: 'batch', normAffine: false },
      { norm: 'batch', normPosition: 'before', normAffine: false },
    ],
    [
      { norm: 'batch', normPosition: 'after' },
      { norm: 'batch', normPosition: 'after', normAffine: false },
    ],
    [{ norm: 'layer' }, { norm: null, normPosition: 'before', normAffine: true }],
    [
      { norm: 'group', normPosition: 'after', normAffine: true },
      { norm: null, normPosition: 'after', normAffine: true },
    ],
    [
      { norm: 'layer', normAffine: false },
      { norm: null, normPosition: null, normAffine: false },
    ],
  ])('of the tensors of %j', (request, expected) => {
    const { imageSize, layerSizes } = configOf(request)
    const tensors = tensorsOf(request)
    expect(weightsNetwork(tensors)).toMatchObject({ imageSize, layerSizes, ...expected })
    expect(weightsNetwork(tensors.toReversed())).toEqual(weightsNetwork(tensors))
    expect(faultsOf(request, request)).toEqual([])
  })

  test('a count of batches may be left out: it has no effect', () => {
    const tensors = tensorsOf({ norm: 'batch' })
    expect(weightsNetwork(tensors.filter(({ dtype }) => dtype !== 'I64'))).toEqual(weightsNetwork(tensors))
  })

  const changed = (name: string, change: Partial<Tensor> | null): Tensor[] =>
    tensorsOf({ norm: 'batch' }).flatMap((tensor) => (tensor.name === name ? (change ? [{ ...tensor, ...change }] : []) : [tensor]))
  test.each<[string, Tensor[], string]>([
    ['nothing', [], 'no matrix'],
    ['a name of another module', changed('model.1.bias', { name: 'encoder.1.bias' }), 'a tensor "encoder.1.bias"'],
    ['a name of another part', changed('model.1.bias', { name: 'model.1.weight_orig' }), 'a tensor "model.1.weight_orig"'],
    ['a Sequential without the Flatten', [{ name: 'model.0.weight', shape: [102, 192], dtype: 'F32' }], 'model.0, which should be model.1'],
    ['images of 7 pixels', [{ name: 'model.1.weight', shape: [102, 147], dtype: 'F32' }], '147 numbers, which are no image'],
    ['what is no square', [{ name: 'model.1.weight', shape: [102, 194], dtype: 'F32' }], '194 numbers, which are no image'],
    ['ten classes', [{ name: 'model.1.weight', shape: [10, 192], dtype: 'F32' }], '10 outputs'],
    ['six modules a layer', changed('model.4.weight', null), '5 modules in place of a ReLU'],
    ['a matrix of another shape', changed('model.4.weight', { shape: [4, 5] }), 'model.4.weight is [4, 5] in place of [4, 6]'],
    ['a bias of a matrix', changed('model.4.bias', { shape: [4, 1] }), 'model.4.bias is [4, 1] in place of [4]'],
    ['one bias less', changed('model.4.bias', null), 'model.4.bias is missing'],
    ['no first bias', changed('model.1.bias', null), 'model.4.bias is unexpected'],
    ['whole numbers', changed('model.1.bias', { dtype: 'I64' }), 'model.1.bias is of I64'],
    ['a count of halves', changed('model.2.num_batches_tracked', { dtype: 'F32' }), 'model.2.num_batches_tracked is of F32'],
    [
      'a layer of 9000',
      [
        { name: 'model.1.weight', shape: [9000, 192], dtype: 'F32' },
        { name: 'model.3.weight', shape: [102, 9000], dtype: 'F32' },
      ],
      '8192',
    ],
  ])('refuses %s', (_what, tensors, reason) => {
    expect(() => weightsNetwork(tensors)).toThrow(
      expect.objectContaining({ code: 'WEIGHTS_UNUSABLE', message: expect.stringContaining(reason) }),
    )
  })
})

describe('weightsFieldErrors()', () => {
  test('names every field that does not fit, and the tensors', () => {
    expect(faultsOf({ imageSize: 16, layerSizes: [6], bias: false }, {})).toEqual([
      'imageSize is 16, and the initial weights are of a network with 8',
      'layerSizes is [6], and the initial weights are of a network with [6,4]',
      'bias is false, and the initial weights are of a network with true',
      expect.stringMatching(
        /^initialWeights do not fit: model.1.weight is \[6, 192\] in place of \[6, 768\], .*model.1.bias is unexpected/,
      ),
    ])
  })

  test('a norm is of the weights’ kind, place and affinity; layer or group has to be said', () => {
    const fields = (request: object, weights: object): string[] => faultsOf(request, weights).map((fault) => fault.split(' ')[0] ?? '')
    expect(fields({}, { norm: 'batch' })).toEqual(['norm', 'initialWeights'])
    expect(fields({ norm: 'batch' }, {})).toEqual(['norm', 'initialWeights'])
    expect(fields({ norm: 'layer' }, { norm: 'batch' })).toEqual(['norm', 'initialWeights'])
    expect(faultsOf({}, { norm: 'layer' })[0]).toContain('layer or group norm, which no weights tell apart: say which')
    expect(fields({ norm: 'group' }, { norm: 'layer' })).toEqual([])
    expect(fields({ norm: 'batch', normPosition: 'after' }, { norm: 'batch' })).toEqual(['normPosition', 'normAffine', 'initialWeights'])
    expect(fields({ norm: 'layer', normPosition: 'after' }, { norm: 'layer', normAffine: false })).toEqual([])
    expect(fields({ layerSizes: [], norm: 'batch' }, { layerSizes: [] })).toEqual([])
  })
})
