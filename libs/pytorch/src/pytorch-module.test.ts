import { expect, test } from 'vitest'
import { ExperimentRequest } from '@trainyard/contracts'
import { resolveConfig } from '@trainyard/planning'
import { pytorchModule } from './pytorch-module.ts'

const source = (request: object): string => pytorchModule(resolveConfig(ExperimentRequest.parse(request)))
/** What the loop over hidden layers appends, and the output layer. */
const layers = (request: object): string[] =>
  [...source(request).matchAll(/layers\.append\(torch\.nn\.(.*)\)\n/g)].map(([, layer = '']) => layer)

test('defaults — the notebook’s module', () => {
  expect(layers({})).toEqual(['Linear(c, s)', 'ReLU()', 'Linear(c, 102)'])
  expect(source({})).toContain('def __init__(self, layer_size=[512, 512, 512]) -> None:')
  expect(source({})).toContain('c = 128 * 128 * 3')
})

test.each([
  [{ norm: 'batch' }, ['Linear(c, s)', 'BatchNorm1d(s)', 'ReLU()', 'Linear(c, 102)']],
  [{ norm: 'batch', normPosition: 'after' }, ['Linear(c, s)', 'ReLU()', 'BatchNorm1d(s, affine=False)', 'Linear(c, 102)']],
  [{ norm: 'layer', normAffine: false }, ['Linear(c, s)', 'LayerNorm(s, elementwise_affine=False)', 'ReLU()', 'Linear(c, 102)']],
  [{ norm: 'group', groupSize: 16 }, ['Linear(c, s)', 'GroupNorm(s // 16, s)', 'ReLU()', 'Linear(c, 102)']],
  [{ bias: false }, ['Linear(c, s, bias=False)', 'ReLU()', 'Linear(c, 102, bias=False)']],
  [{ norm: 'batch', depth: 0 }, ['Linear(c, s)', 'ReLU()', 'Linear(c, 102)']],
])('%j — the layers that PyTorch calls so', (request, expected) => {
  expect(layers(request)).toEqual(expected)
})

test('layers of different widths', () => {
  expect(source({ layerSizes: [64, 32] })).toContain('layer_size=[64, 32]')
  expect(source({ depth: 0 })).toContain('layer_size=[]')
})
