import { type ExperimentConfig, ExperimentRequest } from '@trainyard/contracts'
import { resolveConfig } from '@trainyard/planning'
import { randomStream } from '@trainyard/random'
import type { Runtime } from '@trainyard/tensorflow'
import { createNetwork, type ModelState, type Parameter, toModelState } from '@trainyard/training'
import { networkShape } from '../../apps/trainer/src/run/train-options.ts'

/** A network as if it had been trained: no array of it is what a fresh one has. */
export interface ModelCase {
  name: string
  config: ExperimentConfig
  state: ModelState
}

export const IMAGES = 3
const SMALL = { imageSize: 8, layerSizes: [16, 8] }

/** Every network that a config can describe, small. */
export function modelCases(tf: Runtime): ModelCase[] {
  const norms = (['batch', 'layer', 'group'] as const).flatMap((norm) =>
    (['before', 'after'] as const).flatMap((normPosition) =>
      [true, false].map((normAffine) => ({ norm, normPosition, normAffine, ...(norm === 'group' ? { groupSize: 4 } : {}) })),
    ),
  )
  const requests = [{}, ...norms].flatMap((norm) => [true, false].map((bias) => ({ ...SMALL, ...norm, bias })))
  // without hidden layers; and with an odd number of numbers, after which nothing of 8 bytes would be aligned
  const special = [
    { imageSize: 8, depth: 0 },
    { imageSize: 9, layerSizes: [3], norm: 'batch', normAffine: false, bias: false },
  ]
  return [...requests, ...special].map((request, seed) => {
    const config = resolveConfig(ExperimentRequest.parse(request))
    return { name: nameOf(config), config, state: trainedState(tf, config, seed) }
  })
}

function nameOf({ norm, normPosition, normAffine, bias, layerSizes }: ExperimentConfig): string {
  const normed = normPosition === null ? norm : `${norm}-${normPosition}-${normAffine ? 'affine' : 'plain'}`
  return `${normed}-${bias ? 'bias' : 'no-bias'}-depth-${layerSizes.length}`
}

function trainedState(tf: Runtime, config: ExperimentConfig, seed: number): ModelState {
  const network = createNetwork(tf, networkShape(config), { seed })
  const { parameters, buffers } = toModelState(network.state(1).read())
  network.dispose()
  const random = randomStream(seed, 'weights', 1000)
  const drawn = ({ name, shape, values }: Parameter): Parameter => {
    const isNorm = shape.length === 1 && name.endsWith('.weight')
    const range = (from: number, to: number): Float32Array => values.map(() => from + (to - from) * random.uniform())
    if (name.endsWith('.running_var') || isNorm) return { name, shape, values: range(0.5, 2) }
    const reach = shape.length === 2 ? 2 / Math.sqrt(shape[0] ?? 1) : 0.5
    return { name, shape, values: range(-reach, reach) }
  }
  return { epoch: 7, parameters: parameters.map(drawn), buffers: buffers.map(drawn) }
}

/** Pixels in [0, 1) of some images, twice: channels last (n, size, size, 3) as tfjs has them, and first (n, 3, size, size) as PyTorch has them. */
export function caseImages({ config: { imageSize: size } }: ModelCase): { last: Float32Array; first: Float32Array } {
  const random = randomStream(size, 'probeInputs')
  const last = Float32Array.from({ length: IMAGES * size * size * 3 }, () => random.uniform())
  const first = new Float32Array(last.length)
  for (let image = 0; image < IMAGES; image++)
    for (let pixel = 0; pixel < size * size; pixel++)
      for (let channel = 0; channel < 3; channel++)
        first[(image * 3 + channel) * size * size + pixel] = last[(image * size * size + pixel) * 3 + channel] ?? 0
  return { last, first }
}

/** What the network itself answers: (n × classes) logits. */
export function ownLogits(tf: Runtime, modelCase: ModelCase): number[] {
  const { config, state } = modelCase
  const shape = networkShape(config)
  const network = createNetwork(tf, shape, { model: state })
  const x = tf.tensor(caseImages(modelCase).first, { shape: [IMAGES, shape.inputs], dtype: 'float32' })
  const logits = network.logits(x)
  const numbers = [...tf.readFloats(logits)]
  for (const tensor of [x, logits]) tf.dispose(tensor)
  network.dispose()
  return numbers
}
