import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { type ForecastLayer, NormType } from '@trainyard/contracts'
import { forecastLayers, type ForecastNetwork, imageMoments, type ImageMoments, RANDN_MOMENTS } from '@trainyard/planning'
import { loadSplit } from '@trainyard/datasets'
import { loadEngine } from '@trainyard/tensorflow'
import { probe, type ProbeResult, type DeviceImages, deviceImages } from '@trainyard/training'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'

const { tf } = loadEngine(process.env)
const Reference = z.array(
  z.object({ norm: NormType, bias: z.boolean(), depth: z.int(), draws: z.int(), mean: z.number(), std: z.number() }),
)
const reference = Reference.parse(JSON.parse(readFileSync(path.join(import.meta.dirname, 'goldens', 'probe-reference.json'), 'utf8')))

describe('PyTorch, output norm of randn(10, 3, 128, 128)', () => {
  const MODEL_ERROR = 0.03
  test.each(reference)(
    '$norm, bias $bias, depth $depth — within 3 % and four standard errors',
    ({ norm, bias, depth, draws, mean, std }) => {
      const layers = forecastLayers({
        ...{ inputs: 3 * 128 * 128, layerSizes: Array.from({ length: depth }, () => 512), classes: 102, bias, norm },
        ...{ normPosition: norm === 'none' ? null : 'before', groupSize: 32, batchSize: 10, moments: RANDN_MOMENTS },
      })
      const off = Math.abs((layers.at(-1)?.outputNorm ?? NaN) - mean)
      expect(off).toBeLessThan(MODEL_ERROR * mean + (4 * std) / Math.sqrt(draws))
    },
  )
})

const IMAGE_SIZE = 32
const SHAPE = { inputs: 3 * IMAGE_SIZE ** 2, width: 256, classes: 102, groupSize: 32, batchSize: 16 }
const DEPTH = 8

describe.each(['randn', 'synthetic-flowers'] as const)('our own probes on %s', (input) => {
  let folder: string
  let images: DeviceImages | null = null
  let moments: ImageMoments = RANDN_MOMENTS
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'forecast-'))
    if (input === 'randn') return
    const split = await loadSplit({ dataset: input, split: 'train', imageSize: IMAGE_SIZE, folders: { data: folder, flowers102: null } })
    images = deviceImages(tf, { pixels: split.pixels, labels: split.labels, inputs: SHAPE.inputs })
    moments = imageMoments(input, IMAGE_SIZE)
  }, 60_000)
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const measured = async (norm: NormType, normPosition: 'before' | 'after', bias: boolean): Promise<ProbeResult['layers']> => {
    const [result] = await probe(tf, { ...SHAPE, normPosition, images, depths: [DEPTH], norms: [norm], biases: [bias], draws: 12, seed: 1 })
    return result?.layers ?? []
  }
  const forecast = (network: Pick<ForecastNetwork, 'norm' | 'normPosition' | 'bias'>): ForecastLayer[] =>
    forecastLayers({ ...SHAPE, ...network, moments, layerSizes: Array.from({ length: DEPTH }, () => SHAPE.width) })
  /** The worst of all layers, as a factor. */
  const worst = (
    predicted: readonly ForecastLayer[],
    layers: ProbeResult['layers'],
    of: 'outputNorm' | 'gradientNorm' | 'outputGradientNorm',
  ) => Math.max(...layers.map((layer, i) => Math.exp(Math.abs(Math.log((predicted[i]?.[of] ?? NaN) / layer[of])))))

  const kinds = NormType.options.flatMap((norm) =>
    (norm === 'none' ? (['before'] as const) : (['before', 'after'] as const)).flatMap((position) =>
      [true, false].map((bias) => ({ norm, position, bias })),
    ),
  )
  test.each(kinds)('$norm $position the ReLU, bias $bias — every layer of eight', async ({ norm, position, bias }) => {
    const layers = await measured(norm, position, bias)
    const predicted = forecast({ norm, bias, normPosition: norm === 'none' ? null : position })
    // batch norm after the ReLU divides by what few images leave above zero: means over draws say less there
    const { output, gradient } = norm === 'batch' && position === 'after' ? { output: 1.2, gradient: 1.35 } : { output: 1.1, gradient: 1.2 }
    expect(worst(predicted, layers, 'outputNorm')).toBeLessThan(output)
    expect(worst(predicted, layers, 'outputGradientNorm')).toBeLessThan(gradient)
    expect(worst(predicted, layers, 'gradientNorm')).toBeLessThan(gradient)
  })
})
