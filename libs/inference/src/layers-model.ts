/** A network as its exported model needs it. */
export interface ExportedNetwork {
  imageSize: number
  classes: number
  bias: boolean
  /** First to last; the last one's units are the classes. */
  layers: readonly ExportedLayer[]
}

export interface ExportedLayer {
  units: number
  /** Of a hidden layer; null in the output layer and without a norm. */
  norm: ExportedNorm | null
  /** False in the output layer. */
  relu: boolean
}

export interface ExportedNorm {
  type: 'batch' | 'layer' | 'group'
  position: 'before' | 'after'
  groupSize: number
}

/** One array of weights.bin, float32; a kernel is (inputs, units). */
export interface ModelWeight {
  name: string
  shape: readonly number[]
}

/** tfjs has no group norm: `registerLayers` adds this class. */
export const GROUP_NORM_CLASS = 'TrainyardGroupNormalization'
const EPSILON = 1e-5

interface LayerJson {
  class_name: string
  config: Record<string, unknown>
}

/** Layers of a tfjs Sequential in order: an image (rows, columns, 3) of pixels in [0, 1] in, logits out. */
function layersModelLayers({ imageSize, bias, layers }: ExportedNetwork): LayerJson[] {
  const input = [null, imageSize, imageSize, 3]
  return [
    { class_name: 'InputLayer', config: { name: 'image', batch_input_shape: input, dtype: 'float32', sparse: false } },
    // the network was trained on channels first, as PyTorch has them
    { class_name: 'Permute', config: { name: 'channels_first', dims: [3, 1, 2] } },
    { class_name: 'Flatten', config: { name: 'flatten' } },
    ...layers.flatMap((layer, i) => blockLayers(layer, { number: i + 1, bias })),
  ]
}

function blockLayers({ units, norm, relu }: ExportedLayer, { number, bias }: { number: number; bias: boolean }): LayerJson[] {
  const dense = { class_name: 'Dense', config: { name: `linear_${number}`, units, use_bias: bias, activation: 'linear' } }
  const activation = relu ? [{ class_name: 'Activation', config: { name: `relu_${number}`, activation: 'relu' } }] : []
  const normed = norm ? [normLayer(norm, `norm_${number}`)] : []
  return norm?.position === 'before' ? [dense, ...normed, ...activation] : [dense, ...activation, ...normed]
}

/** Scale and shift are always there, as ones and zeros where none were trained: tfjs's layer norm fails without them. */
function normLayer({ type, groupSize }: ExportedNorm, name: string): LayerJson {
  if (type === 'batch') return { class_name: 'BatchNormalization', config: { name, axis: -1, epsilon: EPSILON, scale: true, center: true } }
  if (type === 'layer') return { class_name: 'LayerNormalization', config: { name, axis: -1, epsilon: EPSILON, scale: true, center: true } }
  return { class_name: GROUP_NORM_CLASS, config: { name, groupSize, epsilon: EPSILON } }
}

/** The names under which tfjs's layers look for their weights, in the order of weights.bin. */
export function layersModelWeights({ imageSize, bias, layers }: ExportedNetwork): ModelWeight[] {
  return layers.flatMap(({ units, norm }, i) => {
    const inputs = layers[i - 1]?.units ?? 3 * imageSize ** 2
    const linear = `linear_${i + 1}`
    return [
      { name: `${linear}/kernel`, shape: [inputs, units] },
      ...(bias ? [{ name: `${linear}/bias`, shape: [units] }] : []),
      ...(norm ? normWeights(norm).map((weight) => ({ name: `norm_${i + 1}/${weight}`, shape: [units] })) : []),
    ]
  })
}

const normWeights = ({ type }: ExportedNorm): string[] =>
  type === 'batch' ? ['gamma', 'beta', 'moving_mean', 'moving_variance'] : ['gamma', 'beta']

/** The JSON of a tfjs LayersModel whose weights lie in weights.bin beside it. */
export function layersModelJson(
  network: ExportedNetwork,
  { classNames, weightRanges }: { classNames: readonly string[]; weightRanges: Record<string, readonly [number, number]> },
) {
  const weights = layersModelWeights(network).map(({ name, shape }) => ({ name, shape, dtype: 'float32' }))
  return {
    format: 'layers-model',
    generatedBy: 'Trainyard',
    convertedBy: null,
    modelTopology: {
      class_name: 'Sequential',
      config: { name: 'trainyard', layers: layersModelLayers(network) },
      keras_version: 'tfjs-layers',
      backend: 'tensor_flow.js',
    },
    weightsManifest: [{ paths: ['weights.bin'], weights }],
    userDefinedMetadata: { input: 'an image (rows, columns, 3) of pixels in [0, 1]', output: 'logits', classNames, weightRanges },
  }
}
