import { formatLoss, formatShare, isMaximised, type JsonNumber, type Objective } from '@trainyard/contracts'

const NAMES: Record<Objective, string> = {
  evalAccuracy: 'evaluation accuracy',
  evalLoss: 'evaluation loss',
  accuracy: 'accuracy',
  loss: 'loss',
}
export const objectiveName = (objective: Objective): string => NAMES[objective]

/** At the top of a column. */
export const objectiveTitle = (objective: Objective): string => NAMES[objective].replace(/^./, (letter) => letter.toUpperCase())

export const formatValue = (value: JsonNumber | null, objective: Objective): string =>
  isMaximised(objective) ? formatShare(value) : formatLoss(value)
