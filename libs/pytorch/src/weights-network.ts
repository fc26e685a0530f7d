import { CLASSES, type Tensor, TrainingFields, type WeightsNetwork } from '@trainyard/contracts'
import { isBatchCount, stateDict } from './state-dict.ts'
import { WeightsUnusableError } from './tensor-list.ts'

type Modules = ReadonlyMap<number, ReadonlyMap<string, Tensor>>

const NAME = /^model\.(\d{1,4})\.(weight|bias|running_mean|running_var|num_batches_tracked)$/

/** Throws WeightsUnusableError, with what was expected, where the tensors are not those of such a network. */
export function weightsNetwork(tensors: readonly Tensor[]): WeightsNetwork {
  const modules = modulesOf(tensors)
  const linears = [...modules].flatMap(([at, parts]) => {
    const { shape } = parts.get('weight') ?? {}
    return shape?.length === 2 ? [{ at, units: shape[0] ?? 0, inputs: shape[1] ?? 0 }] : []
  })
  const [first, second] = linears
  if (!first) throw unexpected('it has no matrix, so no Linear')
  if (first.at !== 1) throw unexpected(`its first Linear is model.${first.at}, which should be model.1`)
  const layerSizes = linears.slice(0, -1).map(({ units }) => units)
  const network = {
    imageSize: imageSizeOf(first.inputs),
    layerSizes,
    ...normOf(modules, second ? second.at - first.at : 2),
    bias: modules.get(1)?.has('bias') ?? false,
  }
  refuseOddSizes(network, linears.at(-1)?.units ?? 0)
  const faults = mismatches(network, tensors)
  if (faults.length > 0) throw unexpected(`of a network of ${describeNetwork(network)} ${summarize(faults)}`)
  return network
}

/** Sorted by their place in the Sequential. */
function modulesOf(tensors: readonly Tensor[]): Modules {
  const modules = new Map<number, Map<string, Tensor>>()
  for (const tensor of tensors) {
    const [, at, part = ''] = NAME.exec(tensor.name) ?? []
    if (at === undefined) throw unexpected(`it has a tensor ${JSON.stringify(tensor.name.slice(0, 100))}`)
    modules.set(Number(at), (modules.get(Number(at)) ?? new Map<string, Tensor>()).set(part, tensor))
  }
  return new Map([...modules].toSorted(([a], [b]) => a - b))
}

/** `gap`: from one Linear to the next. With a ReLU alone between them it is 2, with a norm as well 3. */
function normOf(modules: Modules, gap: number): Pick<WeightsNetwork, 'norm' | 'normPosition' | 'normAffine'> {
  if (gap === 2) return { norm: 'none', normPosition: null, normAffine: null }
  if (gap !== 3) throw unexpected(`between its first two Linears are ${gap - 1} modules in place of a ReLU and perhaps a norm`)
  const [before, after] = [modules.get(2), modules.get(3)]
  const parts = before ?? after
  // without scale and shift layer and group norm have no tensors at all
  if (!parts) return { norm: null, normPosition: null, normAffine: false }
  return { norm: parts.has('running_mean') ? 'batch' : null, normPosition: before ? 'before' : 'after', normAffine: parts.has('weight') }
}

function imageSizeOf(inputs: number): number {
  const size = Math.sqrt(inputs / 3)
  if (TrainingFields.shape.imageSize.safeParse(size).success) return size
  throw unexpected(`its first Linear takes ${inputs} numbers, which are no image of 8 × 8 × 3 to 512 × 512 × 3`)
}

function refuseOddSizes({ layerSizes }: WeightsNetwork, classes: number): void {
  if (classes !== CLASSES) throw unexpected(`its last Linear has ${classes} outputs, and there are ${CLASSES} kinds of flower`)
  if (!TrainingFields.shape.layerSizes.safeParse(layerSizes).success)
    throw unexpected(`it has ${layerSizes.length} hidden layers of up to ${Math.max(...layerSizes)} units; 64 of 8192 are the most`)
}

/** A phrase for each tensor that does not fit the network. */
export function mismatches(network: WeightsNetwork, tensors: readonly Tensor[]): string[] {
  const found = new Map(tensors.map((tensor) => [tensor.name, tensor]))
  const wanted = stateDict(network)
  const names = new Set(wanted.map(({ name }) => name))
  return [
    ...wanted.flatMap(({ name, shape }) => {
      const tensor = found.get(name)
      if (!tensor) return isBatchCount({ name }) ? [] : [`${name} is missing`]
      if (tensor.shape.join() !== shape.join()) return [`${name} is [${tensor.shape.join(', ')}] in place of [${shape.join(', ')}]`]
      const isCount = tensor.dtype === 'I64'
      return isCount === isBatchCount({ name }) ? [] : [`${name} is of ${tensor.dtype}`]
    }),
    ...tensors.filter(({ name }) => !names.has(name)).map(({ name }) => `${name} is unexpected`),
  ]
}

const MAX_NAMED = 6

export function summarize(faults: readonly string[]): string {
  const rest = faults.length - MAX_NAMED
  return [...faults.slice(0, MAX_NAMED), ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ')
}

/** "images of 32 × 32, hidden layers of 64, 64 units, batch norm before the ReLU, with biases" */
export function describeNetwork({ imageSize, layerSizes, norm, normPosition, normAffine, bias }: WeightsNetwork): string {
  const hidden = layerSizes.length === 0 ? 'no hidden layer' : `hidden layers of ${layerSizes.join(', ')} units`
  const kind = norm === null ? 'layer or group norm' : `${norm} norm`
  const place = normPosition === null ? '' : ` ${normPosition} the ReLU`
  const normed = norm === 'none' ? 'no norm' : `${kind}${place}${normAffine ? '' : ' without scale and shift'}`
  return `images of ${imageSize} × ${imageSize}, ${hidden}, ${normed}, ${bias ? 'with' : 'without'} biases`
}

function unexpected(reason: string): WeightsUnusableError {
  const names = 'model.1.weight, model.1.bias and so on, of an nn.Sequential called model whose first module is the Flatten'
  return new WeightsUnusableError(
    `These are not the weights of the notebook's MyModel: ${reason}. Expected are ${names}; GET /experiments/{id}/pytorch writes such a module`,
  )
}
