import { expect, test } from 'vitest'
import { ExperimentRequest } from '@trainyard/contracts'
import { resolveConfig } from '../config/resolve-config.ts'
import { dryRunShapes, networkCost } from './network-cost.ts'

const config = (request: object) => resolveConfig(ExperimentRequest.parse(request))

test("dryRunShapes() — the notebook's network as the notebook prints it", () => {
  const { shapes, counts, parameters } = dryRunShapes(config({}))
  expect(shapes).toMatchObject({ images: [64, 3, 128, 128], targets: [64], logits: [64, 102] })
  expect(counts).toEqual({ trainImages: 1020, evalImages: 1020, stepsPerEpoch: 16, steps: 480 })
  expect(parameters).toBe(49_152 * 512 + 512 + 2 * (512 * 512 + 512) + 512 * 102 + 102)
})

test('networkCost() — biases count only where they are; the largest network takes hundreds of gigabytes', () => {
  expect(networkCost(config({})).parameters - networkCost(config({ bias: false })).parameters).toBe(3 * 512 + 102)
  expect(networkCost(config({ depth: 64, width: 8192, imageSize: 512 })).memoryBytes).toBeGreaterThan(100e9)
})
