import type { ExperimentInput } from '@trainyard/client'
import type { ProbeRequest } from '@trainyard/contracts'
import type { SignalCell } from './signal-cells.ts'

const EPOCHS = 10
/** The lesson's. */
const LR = { lr: 0.02, imageSize: 32 }

/**
 * The experiment that trains such a network. It begins with the weights of the probe's first draw: both draw them from the seed alike. Random numbers
 * have no classes to learn, so that flowers take their place.
 */
export function trainedCell({ norm, bias, depth }: SignalCell, request: ProbeRequest) {
  const { input, imageSize, width, normPosition, groupSize, seed } = request
  return {
    dataset: input === 'randn' ? 'synthetic-flowers' : input,
    imageSize,
    depth,
    width,
    norm,
    bias,
    seed,
    ...(norm !== 'none' && { normPosition }),
    ...(norm === 'group' && { groupSize }),
    lr: lrFor(imageSize),
    epochs: EPOCHS,
  } satisfies ExperimentInput
}

/** A step moves the first layer's outputs by lr times the squares of an image, which grow with its pixels. */
function lrFor(imageSize: number): number {
  const share = Math.min(1, (LR.imageSize / imageSize) ** 2)
  return Number((LR.lr * share).toPrecision(1))
}

/** The form for a new experiment with these fields. */
export const formAddress = (input: ReturnType<typeof trainedCell>): string =>
  `/new?${new URLSearchParams(Object.entries(input).map(([field, value]) => [field, String(value)]))}`
