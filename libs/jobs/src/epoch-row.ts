import { type Epoch, JsonNumber, SplitName } from '@trainyard/contracts'
import { z } from 'zod'

const nullableNumber = JsonNumber.nullable()

/** An epoch as Redis holds it, a third of the object's size: what a rerun must repeat, then seconds, attempt and time in ms. */
const EpochRow = z.tuple([
  z.int(),
  JsonNumber,
  JsonNumber,
  SplitName.nullable(),
  nullableNumber,
  nullableNumber,
  nullableNumber,
  z.number(),
  z.int(),
  z.number(),
])

export type EpochResult = Omit<Epoch, 'at' | 'attempt'>

/** The row's beginning, open at its end: equal for equal results. */
export function rowValues(epoch: EpochResult): string {
  const { loss, accuracy, evalSplit, evalLoss, evalAccuracy, evalTop5Accuracy } = epoch
  return `${JSON.stringify([epoch.epoch, loss, accuracy, evalSplit, evalLoss, evalAccuracy, evalTop5Accuracy]).slice(0, -1)},`
}

export function epochFromRow(row: string): Epoch {
  const [epoch, loss, accuracy, evalSplit, evalLoss, evalAccuracy, evalTop5Accuracy, seconds, attempt, atMs] = EpochRow.parse(
    JSON.parse(row),
  )
  const at = new Date(atMs).toISOString()
  return { epoch, loss, accuracy, seconds, evalSplit, evalLoss, evalAccuracy, evalTop5Accuracy, at, attempt }
}
