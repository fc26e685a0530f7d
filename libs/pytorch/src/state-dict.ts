import type { NormPosition, Tensor, WeightsNetwork } from '@trainyard/contracts'
import { linearShapes } from '@trainyard/planning'

type TensorShape = Pick<Tensor, 'name' | 'shape'>

const COUNT = '.num_batches_tracked'
/** What a count has no use for: it has no effect on training. */
export const isBatchCount = ({ name }: Pick<Tensor, 'name'>): boolean => name.endsWith(COUNT)

/** Names of a layer's Linear and of its norm, where it has one, in the notebook's MyModel. Modules count from the Flatten, which is model.0. */
export function moduleNames(layer: number, { isNormed, normPosition }: { isNormed: boolean; normPosition: NormPosition | null }) {
  const linear = 1 + layer * (isNormed ? 3 : 2)
  return { linear: `model.${linear}`, norm: `model.${linear + (normPosition === 'after' ? 2 : 1)}` }
}

/** The state_dict of that module; a Linear's weight is (units, inputs). */
export function stateDict(network: WeightsNetwork): TensorShape[] {
  const { layerSizes, bias, norm, normPosition } = network
  return linearShapes(network).flatMap(([inputs, units], layer) => {
    const names = moduleNames(layer, { isNormed: norm !== 'none', normPosition })
    const linear = [
      { name: `${names.linear}.weight`, shape: [units, inputs] },
      ...(bias ? [{ name: `${names.linear}.bias`, shape: [units] }] : []),
    ]
    if (layer === layerSizes.length || norm === 'none' || normPosition === null) return linear
    return [...linear, ...normTensors(network, { name: names.norm, units })]
  })
}

function normTensors({ norm, normAffine }: WeightsNetwork, { name, units }: { name: string; units: number }): TensorShape[] {
  const vectors = [...(normAffine ? ['weight', 'bias'] : []), ...(norm === 'batch' ? ['running_mean', 'running_var'] : [])]
  return [
    ...vectors.map((part) => ({ name: `${name}.${part}`, shape: [units] })),
    ...(norm === 'batch' ? [{ name: `${name}${COUNT}`, shape: [] }] : []),
  ]
}
