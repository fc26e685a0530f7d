import type { Tensor, WeightsNetwork } from '@trainyard/contracts'
import { linearShapes } from '@trainyard/planning'

type TensorShape = Pick<Tensor, 'name' | 'shape'>

const COUNT = '.num_batches_tracked'
/** What a count has no use for: it has no effect on training. */
export const isBatchCount = ({ name }: Pick<Tensor, 'name'>): boolean => name.endsWith(COUNT)

/** The state_dict of the notebook's MyModel. Modules count from the Flatten, which is model.0; a Linear's weight is (units, inputs). */
export function stateDict(network: WeightsNetwork): TensorShape[] {
  const { layerSizes, bias, norm, normPosition } = network
  const modulesPerLayer = norm === 'none' ? 2 : 3
  return linearShapes(network).flatMap(([inputs, units], layer) => {
    const module = 1 + layer * modulesPerLayer
    const linear = [
      { name: `model.${module}.weight`, shape: [units, inputs] },
      ...(bias ? [{ name: `model.${module}.bias`, shape: [units] }] : []),
    ]
    if (layer === layerSizes.length || norm === 'none' || normPosition === null) return linear
    return [...linear, ...normTensors(network, { name: `model.${module + (normPosition === 'before' ? 1 : 2)}`, units })]
  })
}

function normTensors({ norm, normAffine }: WeightsNetwork, { name, units }: { name: string; units: number }): TensorShape[] {
  const vectors = [...(normAffine ? ['weight', 'bias'] : []), ...(norm === 'batch' ? ['running_mean', 'running_var'] : [])]
  return [
    ...vectors.map((part) => ({ name: `${name}.${part}`, shape: [units] })),
    ...(norm === 'batch' ? [{ name: `${name}${COUNT}`, shape: [] }] : []),
  ]
}
