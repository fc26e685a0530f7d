import { SPLIT_COUNTS, type DatasetName } from '../datasets/dataset.ts'

const MAX_STEPS = 2_000_000
export const DEFAULT_GROUP_SIZE = 32

/** The fields of a request that must fit each other, whatever their own bounds say. */
interface RelatedFields {
  dataset: DatasetName
  imageSize: number
  firstLayer: string
  depth?: number | undefined
  width?: number | undefined
  layerSizes?: readonly number[] | undefined
  norm: string
  groupSize?: number | undefined
  batchSize: number
  epochs: number
}

interface FieldError {
  field: string
  message: string
}

/** Every field that does not fit another one, with what would. */
export function configFieldErrors(request: RelatedFields): FieldError[] {
  const { dataset, depth, width, layerSizes, epochs, batchSize } = request
  const images = SPLIT_COUNTS[dataset].train
  const steps = epochs * stepsPerEpoch(images, batchSize)
  const both = 'cannot be given together with layerSizes; leave one of them out'
  return [
    ...(layerSizes && depth !== undefined ? [{ field: 'depth', message: both }] : []),
    ...(layerSizes && width !== undefined ? [{ field: 'width', message: both }] : []),
    ...(steps > MAX_STEPS
      ? [
          {
            field: 'epochs',
            message: `would take ${steps} steps in all; at most ${MAX_STEPS} are allowed: lower epochs or raise batchSize`,
          },
        ]
      : []),
    ...firstLayerFieldErrors(request),
    ...normFieldErrors(request, images),
  ]
}

function firstLayerFieldErrors(request: RelatedFields): FieldError[] {
  const fault = request.firstLayer === 'dual' ? dualFormObstacle(request) : null
  return fault ? [{ field: 'firstLayer', message: `of dual ${fault}: raise imageSize, or leave it to auto` }] : []
}

/** Why a run cannot be computed in the dual form, or null. */
export function dualFormObstacle({ dataset, imageSize }: Pick<RelatedFields, 'dataset' | 'imageSize'>): string | null {
  const [images, inputs] = [SPLIT_COUNTS[dataset].train, 3 * imageSize ** 2]
  if (3 * images <= inputs) return null
  return `needs at most a third as many train images as an image has numbers, and there are ${images} images of ${inputs} numbers`
}

function normFieldErrors({ norm, depth = 3, width = 512, layerSizes, groupSize, batchSize }: RelatedFields, images: number): FieldError[] {
  const widths = layerSizes ?? (depth === 0 ? [] : [width])
  if (widths.length === 0) return []
  if (norm === 'batch') return batchOfOneFieldErrors({ batchSize, images })
  if (norm === 'group')
    return groupFieldErrors({ widths, groupSize: groupSize ?? DEFAULT_GROUP_SIZE, field: layerSizes ? 'layerSizes' : 'width' })
  return []
}

/** What is allowed but has no effect. */
export function configWarnings({ norm, layerSizes }: { norm: string; layerSizes: readonly number[] }): string[] {
  const idle = norm !== 'none' && layerSizes.length === 0
  return idle ? [`norm ${norm} has no effect at depth 0: only hidden layers are normalised`] : []
}

/** A group of channels must fill every width, so `groupSize` and the widths are both named. */
export function groupFieldErrors({
  widths,
  groupSize,
  field,
}: {
  widths: readonly number[]
  groupSize: number
  field: string
}): FieldError[] {
  const unfit = [...new Set(widths.filter((units) => units % groupSize !== 0))]
  if (unfit.length === 0) return []
  const fitting = commonDivisors(widths)
  const nearest = fitting.toSorted((a, b) => Math.abs(a - groupSize) - Math.abs(b - groupSize)).slice(0, 3)
  return [
    {
      field: 'groupSize',
      message: `of ${groupSize} channels does not divide ${unfit.join(' and ')}; ${nearest.toSorted((a, b) => a - b).join(', ')} would do`,
    },
    { field, message: `of ${unfit.join(' and ')} cannot be split into groups of ${groupSize} channels; use multiples of groupSize` },
  ]
}

/** One value has no variance: PyTorch's BatchNorm1d refuses such a batch, too. */
function batchOfOneFieldErrors({ batchSize, images }: { batchSize: number; images: number }): FieldError[] {
  if (!leavesBatchOfOne(images, batchSize)) return []
  const next = (step: number): number => {
    let size = batchSize + step
    while (size > 1 && leavesBatchOfOne(images, size)) size += step
    return size
  }
  const fitting = [next(-1), next(1)].filter((size) => size > 1)
  const why = batchSize === 1 ? 'gives batches of one image' : `leaves ${images} images with a last batch of one`
  return [{ field: 'batchSize', message: `${why}, which batch norm cannot normalise; ${fitting.join(' or ')} would do, or norm layer` }]
}

const leavesBatchOfOne = (images: number, batchSize: number): boolean => batchSize === 1 || images % batchSize === 1

function commonDivisors(widths: readonly number[]): number[] {
  const smallest = Math.min(...widths)
  return Array.from({ length: smallest }, (_, i) => i + 1).filter((size) => widths.every((units) => units % size === 0))
}

/** Steps of one epoch; the last batch may be smaller. */
export function stepsPerEpoch(images: number, batchSize: number): number {
  return Math.ceil(images / batchSize)
}
