import type { ExperimentInput } from '@trainyard/client'

export type Config = ExperimentInput

/** Small networks that take some seconds. Nothing but the harm may end an experiment, so infrastructure may fail as often as it likes. */
const base = { dataset: 'synthetic-flowers', lr: 0.01, checkpointEverySeconds: 5, keepModel: 'final', maxRetries: 100 } as const
/** Half the time an epoch. */
const plain = { ...base, evaluate: 'none', recordLayers: false } as const

export const PLAIN: Config = { ...base, imageSize: 16, depth: 2, width: 64, epochs: 400, firstLayer: 'direct' }
export const BATCH: Config = {
  ...base,
  imageSize: 12,
  depth: 2,
  width: 48,
  norm: 'batch',
  epochs: 300,
  firstLayer: 'direct',
  keepModel: 'best',
}
export const LAYER: Config = { ...plain, imageSize: 8, depth: 1, width: 64, norm: 'layer', epochs: 300, firstLayer: 'direct' }
/** Long enough that it still runs when a scenario acts on it, however busy the machine. */
export const SLOW: Config = { ...LAYER, epochs: 1000 }
export const GROUP: Config = { ...base, imageSize: 32, depth: 1, width: 16, norm: 'group', groupSize: 8, epochs: 150, firstLayer: 'dual' }
export const TINY: Config = { ...plain, imageSize: 8, depth: 0, epochs: 3, firstLayer: 'direct' }
