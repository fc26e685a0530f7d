import type { QuantisedModel } from '@trainyard/contracts'
import { registerLayers } from '@trainyard/inference'
import { initializers, layers, loadLayersModel, type LayersModel } from '@tensorflow/tfjs-layers'
import { io, moments, serialization, setBackend, type Tensor, tensor4d, tidy } from '@tensorflow/tfjs-core'
// its layers call operations as methods of tensors
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js'
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-webgl'

/** A model that this browser computes. Only this file imports tfjs, and the page loads it on demand. */
export interface BrowserModel {
  /** webgl: the graphics processor, or what stands in for it. */
  backend: 'webgl' | 'cpu'
  /** Of one image's pixels, (size, size, 3). */
  logits(pixels: Uint8Array): Promise<Float32Array>
  dispose(): void
}

const BACKENDS = ['webgl', 'cpu'] as const
let layersAreKnown = false

/** Builds the model on the first backend that computes it: a graphics processor may be missing, or too small for it. */
export async function openModel({ model, weights }: { model: QuantisedModel; weights: ArrayBuffer }): Promise<BrowserModel> {
  if (!layersAreKnown) registerLayers({ initializers, layers, moments, serialization, tidy })
  layersAreKnown = true
  let fault: unknown
  for (const backend of BACKENDS) {
    try {
      if (await setBackend(backend)) return await openOn(backend, { model, weights })
    } catch (error) {
      fault = error
    }
  }
  throw new Error('This browser cannot compute the model: it may be too large for it', { cause: fault })
}

async function openOn(backend: BrowserModel['backend'], parts: { model: QuantisedModel; weights: ArrayBuffer }): Promise<BrowserModel> {
  const { modelTopology, weightsManifest } = parts.model
  const loaded = await loadLayersModel(io.fromMemory({ modelTopology, weightSpecs: weightsManifest[0].weights, weightData: parts.weights }))
  const [, size = 0] = loaded.inputs[0]?.shape ?? []
  try {
    const opened = { backend, logits: (pixels: Uint8Array) => logitsOf(loaded, pixels), dispose: () => void loaded.dispose() }
    // a black image: what does not fit fails here
    await opened.logits(new Uint8Array((size ?? 0) ** 2 * 3))
    return opened
  } catch (error) {
    loaded.dispose()
    throw error
  }
}

async function logitsOf(model: LayersModel, pixels: Uint8Array): Promise<Float32Array> {
  const size = Math.sqrt(pixels.length / 3)
  const logits = tidy((): Tensor => {
    const image = tensor4d(
      Float32Array.from(pixels, (pixel) => pixel / 255),
      [1, size, size, 3],
    )
    const [answer] = [model.predict(image)].flat()
    if (!answer) throw new Error('The model has no output')
    return answer
  })
  try {
    return Float32Array.from(await logits.data())
  } finally {
    logits.dispose()
  }
}
