import { canonicalConfig, configWarnings, ExperimentRequest } from '@trainyard/contracts'
import { describe, expect, test } from 'vitest'
import { resolveConfig } from './resolve-config.ts'

const resolve = (request: object) => resolveConfig(ExperimentRequest.parse(request))

describe('resolveConfig()', () => {
  test("an empty request is the notebook's network", () => {
    expect(resolve({})).toMatchObject({
      dataset: 'flowers102',
      imageSize: 128,
      depth: 3,
      width: 512,
      layerSizes: [512, 512, 512],
      lr: 1e-4,
    })
  })

  test('different widths have no common width', () => {
    expect(resolve({ layerSizes: [512, 256] })).toMatchObject({ depth: 2, width: null, layerSizes: [512, 256] })
    expect(resolve({ depth: 0 })).toMatchObject({ depth: 0, width: null, layerSizes: [] })
  })

  test('a norm’s fields have their defaults where they have an effect, and are null elsewhere', () => {
    const none = { normPosition: null, normAffine: null, groupSize: null }
    expect(resolve({ normPosition: 'after', groupSize: 4 })).toMatchObject(none)
    expect(resolve({ norm: 'batch', depth: 0, normAffine: true })).toMatchObject({ norm: 'batch', ...none })
    expect(resolve({ norm: 'layer', groupSize: 4 })).toMatchObject({ normPosition: 'before', normAffine: true, groupSize: null })
    expect(resolve({ norm: 'group', normPosition: 'after' })).toMatchObject({ normPosition: 'after', normAffine: false, groupSize: 32 })
    expect(resolve({ norm: 'batch', normPosition: 'after', normAffine: true })).toMatchObject({ normAffine: true })
  })

  test('canonicalConfig() — a norm without effect, what is recorded and what is kept leave it as it is', () => {
    const base = canonicalConfig(resolve({ depth: 0 }))
    expect(canonicalConfig(resolve({ depth: 0, norm: 'batch', recordLayers: false, keepModel: 'none' }))).toBe(base)
    expect(canonicalConfig(resolve({ normPosition: 'after' }))).toBe(canonicalConfig(resolve({})))
    const hashes = [{ norm: 'layer' }, { norm: 'batch' }, { norm: 'batch', normAffine: false }, { norm: 'batch', normPosition: 'after' }]
    expect(new Set(hashes.map((request) => canonicalConfig(resolve(request)))).size).toBe(hashes.length)
  })

  test('configWarnings() — a norm at depth 0 has no effect', () => {
    expect(configWarnings(resolve({ depth: 0, norm: 'layer' }))).toEqual([
      'norm layer has no effect at depth 0: only hidden layers are normalised',
    ])
    expect(configWarnings(resolve({ depth: 0 }))).toEqual([])
  })

  test('canonicalConfig() — equal when the numbers must be equal, and only then', () => {
    const base = canonicalConfig(resolve({ depth: 2, width: 16 }))
    expect(canonicalConfig(resolve({ layerSizes: [16, 16], name: 'other', maxRetries: 0, timeLimitSeconds: 5 }))).toBe(base)
    expect(canonicalConfig(resolve({ depth: 2, width: 16, seed: 1 }))).not.toBe(base)
    expect(canonicalConfig(resolve({ depth: 2, width: 16, bias: false }))).not.toBe(base)
    expect(base).not.toContain('initialWeights')
    expect(canonicalConfig(resolve({ depth: 2, width: 16, initialWeights: 'a'.repeat(64) }))).not.toBe(base)
  })
})
