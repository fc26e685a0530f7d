import { describe, expect, test } from 'vitest'
import { ExperimentRequest } from './experiment-config.ts'

/** Per field: values just inside its bounds, and values just outside them. */
const bounds: Record<string, { good: unknown[]; bad: unknown[] }> = {
  dataset: { good: ['flowers102', 'synthetic-flowers'], bad: ['mnist', 1, null] },
  imageSize: { good: [8, 512], bad: [7, 513, 32.5, '32'] },
  depth: { good: [0, 64], bad: [-1, 65, 1.5, '3'] },
  width: { good: [1, 8192], bad: [0, 8193] },
  layerSizes: {
    good: [[], [1], [512, 256], Array.from({ length: 64 }, () => 8)],
    bad: [[0], [8193], Array.from({ length: 65 }, () => 8), 512],
  },
  norm: { good: ['none', 'batch', 'layer', 'group'], bad: ['instance', ''] },
  normPosition: { good: ['before', 'after'], bad: ['between', true] },
  normAffine: { good: [true, false], bad: ['yes', 1] },
  groupSize: { good: [1, 8192], bad: [0, 8193, 1.5] },
  initialWeights: { good: ['0123456789abcdef'.repeat(4)], bad: ['', 'latest', 'A'.repeat(64), 'a'.repeat(63), null] },
  bias: { good: [true, false], bad: ['true', 1] },
  lr: { good: [1e-12, 10], bad: [0, -1, 10.001, Infinity, NaN] },
  momentum: { good: [0, 0.999], bad: [-0.1, 1] },
  batchSize: { good: [1, 4096], bad: [0, 4097] },
  epochs: { good: [1, 10_000], bad: [0, 10_001] },
  seed: { good: [0, 2 ** 32 - 1], bad: [-1, 2 ** 32] },
  evaluate: { good: ['none', 'val', 'test'], bad: ['train'] },
  firstLayer: { good: ['auto', 'direct', 'dual'], bad: ['sample', 1] },
  recordLayers: { good: [true, false], bad: ['no', 0] },
  keepModel: { good: ['best', 'final', 'none'], bad: ['last', true] },
  checkpointEverySeconds: { good: [5, 3600], bad: [4, 3601] },
  name: { good: ['', 'x'.repeat(200), 'Übung 3'], bad: ['x'.repeat(201), 'a\u001b[31m', 'two\nlines', 'half \ud83c'] },
  tags: {
    good: [[], ['x'.repeat(50)], Array.from({ length: 20 }, (_, i) => `t${i}`)],
    bad: [[''], ['x'.repeat(51)], Array.from({ length: 21 }, (_, i) => `t${i}`)],
  },
  notes: { good: ['x'.repeat(10_000), 'two\nlines\tand a tab'], bad: ['x'.repeat(10_001), 'bell\u0007'] },
  priority: { good: [-10, 10], bad: [-11, 11] },
  pool: { good: ['default', 'gpu-2'], bad: ['', 'a:b', '-x', 'x'.repeat(41)] },
  maxRetries: { good: [0, 100], bad: [-1, 101] },
  timeLimitSeconds: { good: [1, 31_536_000], bad: [0, 31_536_001] },
}

describe('ExperimentRequest', () => {
  test('every field has its bounds tested here', () => {
    expect(Object.keys(ExperimentRequest.shape).toSorted()).toEqual(Object.keys(bounds).toSorted())
  })

  test.each(Object.entries(bounds))('%s — takes what is inside its bounds and refuses what is outside, by name', (field, { good, bad }) => {
    for (const value of good) expect(ExperimentRequest.safeParse({ [field]: value }).error, JSON.stringify(value)).toBeUndefined()
    for (const value of bad) {
      const issues = ExperimentRequest.safeParse({ [field]: value }).error?.issues ?? []
      expect(
        issues.map((issue) => issue.path[0]),
        JSON.stringify(value),
      ).toContain(field)
    }
  })

  test.each(['first_layer', 'learningRate'])('%s — is no field, and so refused', (field) => {
    expect(ExperimentRequest.safeParse({ [field]: 1 }).error?.issues[0]).toMatchObject({ code: 'unrecognized_keys', keys: [field] })
  })

  test('layerSizes — excludes depth and width, and every offender is named', () => {
    const issues = ExperimentRequest.safeParse({ layerSizes: [8], depth: 1, width: 8 }).error?.issues ?? []
    expect(issues.map((issue) => issue.path[0])).toEqual(['depth', 'width'])
  })

  test('groupSize — divides every width; both are named, with sizes that would do', () => {
    const issues = (request: object) =>
      ExperimentRequest.safeParse({ norm: 'group', ...request }).error?.issues.map(({ path, message }) => [path[0], message])
    expect(issues({ width: 500 })).toEqual([
      ['groupSize', 'of 32 channels does not divide 500; 20, 25, 50 would do'],
      ['width', 'of 500 cannot be split into groups of 32 channels; use multiples of groupSize'],
    ])
    expect(issues({ layerSizes: [48, 32, 20], groupSize: 16 })?.map(([field]) => field)).toEqual(['groupSize', 'layerSizes'])
    expect(issues({ layerSizes: [48, 32], groupSize: 16 })).toBeUndefined()
    expect(issues({ depth: 0, width: 500 })).toBeUndefined()
    expect(issues({ norm: 'layer', width: 500 })).toBeUndefined()
  })

  test('batchSize — under batch norm no batch may have one image; the nearest that do are named', () => {
    const issue = (request: object) => ExperimentRequest.safeParse({ norm: 'batch', ...request }).error?.issues[0]
    expect(issue({ batchSize: 1019 })).toMatchObject({
      path: ['batchSize'],
      message: 'leaves 1020 images with a last batch of one, which batch norm cannot normalise; 1018 or 1020 would do, or norm layer',
    })
    expect(issue({ batchSize: 1 })?.message).toBe(
      'gives batches of one image, which batch norm cannot normalise; 2 would do, or norm layer',
    )
    expect([{ batchSize: 64 }, { batchSize: 1019, depth: 0 }, { batchSize: 1, norm: 'layer', epochs: 1 }].map(issue)).toEqual(
      Array.from({ length: 3 }, () => undefined),
    )
  })

  test('epochs — no more than two million steps in all', () => {
    expect(ExperimentRequest.safeParse({ epochs: 1960, batchSize: 1 }).success).toBe(true)
    expect(ExperimentRequest.safeParse({ epochs: 1961, batchSize: 1 }).error?.issues[0]?.path).toEqual(['epochs'])
  })
})
