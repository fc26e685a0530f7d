import type { ExperimentConfig } from '@trainyard/contracts'
import { directSeconds, dualSeconds, trainingSizes } from '@trainyard/planning'
import { z } from 'zod'

/** What an experiment will cost by the cost model, on the machine that its constants were fitted to. Its record carries it. */
export const CostEstimate = z.object({
  /** Runs of one kind take the same time before and after their epochs. */
  kind: z.string(),
  /** How its first layer is computed: machines are faster in one way than in the other. */
  way: z.enum(['direct', 'dual']),
  /** Of the first layer. */
  width: z.int(),
  epochs: z.int(),
  setUpSeconds: z.number(),
  epochSeconds: z.number(),
  endSeconds: z.number(),
})
export type CostEstimate = z.infer<typeof CostEstimate>

export function estimateCost(config: ExperimentConfig): CostEstimate {
  const { dataset, imageSize, layerSizes, norm, epochs, keepModel, firstLayer: way } = config
  const { setUp, epoch, model } = (way === 'dual' ? dualSeconds : directSeconds)(trainingSizes(config))
  const width = layerSizes[0] ?? 0
  return {
    kind: [way, dataset, imageSize, norm, layerSizes.length, width, keepModel].join('-'),
    ...{ way, width, epochs },
    setUpSeconds: setUp,
    epochSeconds: epoch,
    endSeconds: keepModel === 'none' ? 0 : model,
  }
}
