import { expect, test } from 'vitest'
import { ExperimentRequest } from '@trainyard/contracts'
import { resolveConfig } from '../config/resolve-config.ts'
import { RANDN_MOMENTS } from './image-moments.ts'
import { forecastConfig } from './forecast-config.ts'
import { forecastSignal } from './signal-advice.ts'

const forecast = (request: object) => forecastConfig(resolveConfig(ExperimentRequest.parse(request)))
const sizes = (depth: number): number[] => Array.from({ length: depth }, () => 512)
const notebook = { inputs: 49_152, classes: 102, bias: true, groupSize: null, batchSize: 10, moments: RANDN_MOMENTS }

test('depth 8 without normalisation — output norm about 0.9, nearly all of it bias; a norm would help', () => {
  const { verdict, advice, layers } = forecastSignal({ ...notebook, layerSizes: sizes(8), norm: 'none', normPosition: null })
  expect(verdict).toBe('vanishing')
  expect(layers.at(-1)?.outputNorm).toBeCloseTo(0.9, 1)
  expect(layers.at(-1)?.biasShare).toBeGreaterThan(0.95)
  expect(advice).toMatch(/^Depth 8 without normalisation: output norm about 0\.(89|9\d?), of which nearly all comes from the biases/)
  expect(advice).toContain('Add norm layer or batch')
})

test('the notebook’s own network on flowers is fading: most of its output is bias', () => {
  const { verdict, layers, advice } = forecast({})
  expect(verdict).toBe('fading')
  expect(layers.map(({ kind }) => kind)).toEqual(['hidden', 'hidden', 'hidden', 'output'])
  expect(layers.at(-1)?.biasShare).toBeGreaterThan(0.5)
  expect(advice).toContain('lower depth to 2')
})

test.each([
  [{ depth: 0 }, 'healthy', 'There is no hidden layer'],
  [{ depth: 0, norm: 'batch' }, 'healthy', 'There is no hidden layer'],
  [{ depth: 1 }, 'healthy', 'The signal arrives'],
  [{ depth: 20, bias: false }, 'vanishing', 'times less than without hidden layers'],
  [{ depth: 8, norm: 'layer' }, 'healthy', 'norm batch would keep them further apart'],
  [{ depth: 8, norm: 'batch' }, 'healthy', 'gradients grow by 1.2'],
  [{ depth: 40, norm: 'batch' }, 'exploding', 'Use norm layer'],
  [{ depth: 3, norm: 'group', normPosition: 'after' }, 'healthy', 'The signal arrives'],
])('%j is %s', (request, verdict, words) => {
  const found = forecast(request)
  expect(found.verdict).toBe(verdict)
  expect(found.advice).toContain(words)
})

test('without biases the signal falls by √6 a layer, forwards and backwards', () => {
  const { layers } = forecastSignal({ ...notebook, bias: false, layerSizes: sizes(6), norm: 'none', normPosition: null })
  const hidden = layers.slice(0, 6)
  for (const [i, layer] of hidden.entries()) {
    const next = hidden[i + 1]
    if (!next) continue
    expect(layer.outputNorm / next.outputNorm).toBeCloseTo(Math.sqrt(6), 6)
    expect(next.outputGradientNorm / layer.outputGradientNorm).toBeCloseTo(Math.sqrt(6), 6)
  }
})

test('every depth, norm and place gives finite numbers', () => {
  for (const norm of ['none', 'batch', 'layer', 'group'])
    for (const normPosition of ['before', 'after'])
      for (const depth of [0, 1, 64]) {
        const { layers } = forecast({ norm, normPosition, depth, width: 32, batchSize: 2 })
        expect(layers.flatMap(({ layer: _l, kind: _k, ...numbers }) => Object.values(numbers)).every(Number.isFinite)).toBe(true)
      }
})
