import { CLASSES, type ExperimentConfig } from '@trainyard/contracts'
import { type ExportedNetwork, layersModelWeights } from '@trainyard/inference'
import { moduleNames } from '@trainyard/pytorch'
import type { ModelState } from '@trainyard/training'

/** A config's network, as it is exported. */
export function exportedNetwork({ imageSize, bias, layerSizes, norm, normPosition, groupSize }: ExperimentConfig): ExportedNetwork {
  const normed = norm === 'none' || normPosition === null ? null : { type: norm, position: normPosition, groupSize: groupSize ?? 1 }
  return {
    ...{ imageSize, bias, classes: CLASSES },
    layers: [...layerSizes.map((units) => ({ units, norm: normed, relu: true })), { units: CLASSES, norm: null, relu: false }],
  }
}

/** PyTorch's names of a network's arrays, in the order of the exported weights. */
export function exportedNames(network: ExportedNetwork): string[] {
  const normPosition = network.layers[0]?.norm?.position ?? null
  return network.layers.flatMap(({ norm }, layer) => {
    const { linear, norm: normed } = moduleNames(layer, { isNormed: normPosition !== null, normPosition })
    return [
      `${linear}.weight`,
      ...(network.bias ? [`${linear}.bias`] : []),
      ...(norm ? [`${normed}.weight`, `${normed}.bias`] : []),
      ...(norm?.type === 'batch' ? [`${normed}.running_mean`, `${normed}.running_var`] : []),
    ]
  })
}

/** A state's arrays in that order; scale and shift that were not trained are ones and zeros. */
export function exportedArrays(network: ExportedNetwork, { parameters, buffers }: ModelState): Float32Array[] {
  const arrays = new Map([...parameters, ...buffers].map(({ name, values }) => [name, values]))
  const weights = layersModelWeights(network)
  return exportedNames(network).map((name, i) => {
    const units = weights[i]?.shape[0] ?? 0
    return arrays.get(name) ?? new Float32Array(units).fill(name.endsWith('.weight') ? 1 : 0)
  })
}
