import type { SweepInput } from '@trainyard/client'

/** Small enough for any machine, and it shows what a norm is for: how large lr may be. */
export const EXAMPLE_SWEEP: SweepInput = {
  name: 'Example: learning rate × norm',
  strategy: 'grid',
  base: { dataset: 'synthetic-flowers', imageSize: 16, depth: 3, width: 64, epochs: 9 },
  space: { norm: { values: ['none', 'batch', 'layer'] }, lr: { values: [0.01, 0.03, 0.1, 0.3] } },
}

export const EXAMPLE_COMMAND =
  'npx trainyard sweep run --dataset synthetic-flowers --image-size 16 --epochs 9 --lr 1e-3..1:log --norm none,layer --strategy asha --trials 12'
