import type { DryRun } from '@trainyard/client'

/** One or more layers in a row whose outputs have the same shape. */
export interface FlowStage {
  name: string
  /** The first one is the batch. */
  shape: readonly number[]
  layers: number
}

/** What a batch is on its way through the network; equal hidden layers in a row are one stage. */
export function shapeFlow({ images, hidden, logits }: DryRun['shapes']): FlowStage[] {
  const stages: FlowStage[] = []
  for (const [i, shape] of hidden.entries()) {
    const last = stages.at(-1)
    if (last && String(last.shape) === String(shape)) {
      const layers = last.layers + 1
      stages.splice(-1, 1, { name: `hidden ${i + 2 - layers}–${i + 1}`, shape, layers })
    } else stages.push({ name: `hidden ${i + 1}`, shape, layers: 1 })
  }
  return [{ name: 'images', shape: images, layers: 1 }, ...stages, { name: 'logits', shape: logits, layers: 1 }]
}

/** Numbers per image of a stage, on a scale from 0 to 1 that shows 102 beside 49,152. */
export function flowHeight({ shape }: FlowStage, stages: readonly FlowStage[]): number {
  const numbers = (sizes: readonly number[]): number => Math.log(1 + sizes.slice(1).reduce((product, size) => product * size, 1))
  return numbers(shape) / Math.max(...stages.map((stage) => numbers(stage.shape)))
}
