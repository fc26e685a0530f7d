import type { ExperimentConfig, Prediction } from '@trainyard/contracts'
import { CLASS_NAMES, readPhoto } from '@trainyard/datasets'
import { likeliest } from '@trainyard/inference'
import { type Runtime, wholeNumbers } from '@trainyard/tensorflow'
import { createNetwork, type Network, deviceImages } from '@trainyard/training'
import { readModel } from '../files/read-model.ts'
import { networkShape } from '../run/train-options.ts'

export interface PredictionInput {
  config: ExperimentConfig
  /** The folder of the model's files. */
  folder: string
  /** A JPEG's or PNG's bytes. */
  photo: Uint8Array
}

/** Classifies photos by retained models; the last model stays loaded, because requests come in series. */
export function createPhotoClassifier(tf: Runtime): (photo: PredictionInput) => Promise<Prediction['classes']> {
  let loaded: { folder: string; network: Network } | null = null

  const networkOf = async ({ config, folder }: PredictionInput): Promise<Network> => {
    if (loaded?.folder === folder) return loaded.network
    const model = await readModel({ folder, config })
    loaded?.network.dispose()
    loaded = null // even if a later step fails, a disposed network is never used
    loaded = { folder, network: createNetwork(tf, networkShape(config), { model }) }
    return loaded.network
  }

  return async (photo) => {
    const pixels = await readPhoto(photo.photo, photo.config.imageSize)
    const network = await networkOf(photo)
    const logits = tf.scope(() => {
      const images = deviceImages(tf, { pixels, labels: Uint8Array.of(0), inputs: pixels.length })
      return Float32Array.from(tf.readFloats(network.logits(images.batch(wholeNumbers(tf, [0])).x)))
    })
    return likeliest(logits, CLASS_NAMES)
  }
}
