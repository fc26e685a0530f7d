import { randomNormal, type Runtime, type Tensor, wholeNumbers } from '@trainyard/tensorflow'
import { STREAMS } from '@trainyard/random'
import { epochOrder } from '../data/batches.ts'
import { yieldToEventLoop } from '../data/yield-to-event-loop.ts'
import type { NormShape } from '../layers/norm.ts'
import { disposeShared, type ProbedLayer, probeNetworks, sharedProducts } from './probed-network.ts'
import type { DeviceImages } from '../data/device-images.ts'

type ProbeNorm = NormShape['type'] | 'none'

export interface ProbeOptions {
  /** Hidden layers of each network. */
  depths: readonly number[]
  norms: readonly ProbeNorm[]
  normPosition: NormShape['position']
  groupSize: number
  biases: readonly boolean[]
  width: number
  /** Numbers per image. */
  inputs: number
  classes: number
  batchSize: number
  draws: number
  /** Of the first draw; the next ones count up. */
  seed: number
  /** The first batch that an experiment of the same seed would draw; null: normal random numbers. */
  images: DeviceImages | null
  onProgress?: (fraction: number) => void | Promise<void>
  signal?: AbortSignal
}

/** All draws of one kind of network. */
export interface ProbeResult {
  norm: ProbeNorm
  bias: boolean
  depth: number
  /** The notebook's net(x).norm(), one per draw. */
  outputNorms: number[]
  /** First to last; means over the draws. */
  layers: ProbedLayer[]
}

/**
 * What the notebook's tables show: fresh networks, one batch through each, forwards, and backwards from the cross-entropy against label i mod classes.
 * Every network is the one that an experiment of the draw's seed would begin with; those of one draw have their input and their layers in common,
 * so that depths and norms are compared in pairs, and the wide first product is computed once.
 */
export async function probe(tf: Runtime, options: ProbeOptions): Promise<ProbeResult[]> {
  const { depths, norms, biases, draws, seed, onProgress, signal } = options
  const kinds = biases.flatMap((bias) => norms.map((norm) => ({ bias, norm })))
  const results = kinds.flatMap((kind) => depths.map((depth): ProbeResult => ({ ...kind, depth, outputNorms: [], layers: [] })))
  for (let draw = 0; draw < draws; draw++) {
    const shared = sharedProducts(tf, () => drawInput(tf, options, draw), { ...options, seed: (seed + draw) % 2 ** 32 })
    try {
      for (const [i, kind] of kinds.entries()) {
        signal?.throwIfAborted()
        const probed = probeNetworks(tf, shared, { ...options, ...kind })
        for (const [j, layers] of probed.entries()) addDraw(results[i * depths.length + j], { layers, draws })
        await onProgress?.((draw * kinds.length + i + 1) / (draws * kinds.length))
        await yieldToEventLoop()
      }
    } finally {
      disposeShared(tf, shared)
    }
  }
  return results
}

/** (n, inputs) */
function drawInput(tf: Runtime, { images, batchSize, inputs, seed }: ProbeOptions, draw: number): Tensor {
  const drawSeed = (seed + draw) % 2 ** 32
  if (!images) return randomNormal(tf, [batchSize, inputs], { key: [drawSeed, STREAMS.probeInputs], counter: [0, 0, 0, 0] })
  const order = epochOrder({ seed: drawSeed, epoch: 1, count: images.count })
  return tf.scope(() => images.batch(wholeNumbers(tf, order.subarray(0, batchSize))).x)
}

function addDraw(result: ProbeResult | undefined, { layers, draws }: { layers: readonly ProbedLayer[]; draws: number }): void {
  if (!result) throw new Error('A probe gave more networks than were asked for')
  result.outputNorms.push(layers.at(-1)?.outputNorm ?? NaN)
  result.layers = layers.map((layer, i) => {
    const before = result.layers[i]
    return {
      ...layer,
      outputNorm: (before?.outputNorm ?? 0) + layer.outputNorm / draws,
      gradientNorm: (before?.gradientNorm ?? 0) + layer.gradientNorm / draws,
      outputGradientNorm: (before?.outputGradientNorm ?? 0) + layer.outputGradientNorm / draws,
    }
  })
}
