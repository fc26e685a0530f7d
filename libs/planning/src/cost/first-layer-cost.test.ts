import { describe, expect, test } from 'vitest'
import { ExperimentRequest } from '@trainyard/contracts'
import { resolveConfig } from '../config/resolve-config.ts'
import { directSeconds, planFirstLayer, dualSeconds } from './first-layer-cost.ts'
import { speedAt } from './speed-at-width.ts'

const resolve = (request: object) => resolveConfig(ExperimentRequest.parse(request))
const plan = (request: object) => planFirstLayer(resolve(request))

describe('planFirstLayer()', () => {
  test('the notebook’s network — the dual form for thirty epochs, pixels for one', () => {
    expect(plan({})).toMatchObject({ choice: 'dual', reason: expect.stringMatching(/^About .+ in the dual form and .+ over the pixels/) })
    expect(plan({ epochs: 1 }).choice).toBe('direct')
  })

  test('the choice is the faster one, and what is resolved', () => {
    for (const request of [{ imageSize: 40 }, { imageSize: 256 }, { width: 64 }, { epochs: 3 }, { evaluate: 'test' }, { depth: 0 }]) {
      const { choice, directSeconds: direct, dualSeconds: dual } = plan(request)
      expect(choice).toBe(Number(dual) < direct ? 'dual' : 'direct')
      expect(resolve(request).firstLayer).toBe(choice)
    }
  })

  test('too many images for their size — pixels, and why', () => {
    expect(plan({ imageSize: 31 })).toEqual({
      choice: 'direct',
      reason:
        'Over the pixels: the dual form needs at most a third as many train images as an image has numbers, and there are 1020 images of 2883 numbers.',
      directSeconds: expect.any(Number),
      dualSeconds: null,
    })
    expect(plan({ imageSize: 32 }).dualSeconds).not.toBeNull()
  })
})

test('a machine’s own speed scales both estimates, and what is faster there is chosen', () => {
  const config = resolve({ imageSize: 40, epochs: 30 })
  const fitted = planFirstLayer(config)
  const planAt = (direct: number, dual: number) => planFirstLayer(config, [{ width: 512, direct, dual }])
  expect(planAt(0.5, 2).directSeconds).toBeCloseTo(0.5 * fitted.directSeconds, 9)
  expect(planAt(0.5, 2).dualSeconds).toBeCloseTo(2 * Number(fitted.dualSeconds), 9)
  expect([planAt(0.5, 2).choice, planAt(2, 0.5).choice]).toEqual(['direct', 'dual'])
  expect(resolveConfig(ExperimentRequest.parse({ imageSize: 40 }), [{ width: 64, direct: 0.5, dual: 2 }]).firstLayer).toBe('direct')
})

test('speedAt() — as measured at a width, between two along the logarithm, and so on to twice the widest', () => {
  const speed = [
    { width: 64, direct: 1, dual: 4 },
    { width: 1024, direct: 4, dual: 1 },
  ]
  expect(speedAt(speed, 64)).toEqual({ direct: 1, dual: 4 })
  expect(speedAt(speed, 1024)).toEqual({ direct: 4, dual: 1 })
  expect(speedAt(speed, 256).direct).toBeCloseTo(2, 12)
  expect(speedAt(speed, 256).dual).toBeCloseTo(2, 12)
  expect(speedAt(speed, 1)).toEqual(speedAt(speed, 64))
  expect(speedAt(speed, 2048).direct).toBeCloseTo(4 * 4 ** 0.25, 12)
  expect(speedAt(speed, 9999)).toEqual(speedAt(speed, 2048))
  expect(speedAt(speed.slice(1), 5)).toEqual({ direct: 4, dual: 1 })
})

test('more epochs pay for the set-up: the saving grows with each of them', () => {
  const sizes = { images: 1020, evalImages: 0, inputs: 3 * 128 ** 2, units: [512, 512, 512, 102], batchSize: 64 }
  const [direct, dual] = [directSeconds(sizes), dualSeconds(sizes)]
  expect(dual.epoch).toBeLessThan(direct.epoch)
  expect(dual.setUp).toBeGreaterThan(direct.epoch)
})

test('firstLayer dual where it cannot work — refused by name, with what would help', () => {
  const parsed = ExperimentRequest.safeParse({ firstLayer: 'dual', imageSize: 16 })
  expect(parsed.error?.issues).toMatchObject([
    {
      path: ['firstLayer'],
      message: expect.stringMatching(/^of dual needs at most a third .+ 768 numbers: raise imageSize, or leave it to auto$/),
    },
  ])
  expect(resolve({ firstLayer: 'direct' }).firstLayer).toBe('direct')
  expect(resolve({ firstLayer: 'dual', epochs: 1 }).firstLayer).toBe('dual')
})
