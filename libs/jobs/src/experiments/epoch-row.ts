import { type Epoch, JsonNumber, SplitName } from '@trainyard/contracts'
import { z } from 'zod'

const nullableNumber = JsonNumber.nullable()
const HASH_PLACE = 7
const UNHASHED_LENGTH = 10

/** Versions before the hash of the weights had rows without it. */
const withHash = (row: unknown): unknown =>
  Array.isArray(row) && row.length === UNHASHED_LENGTH ? row.toSpliced(HASH_PLACE, 0, null) : row

/** An epoch as Redis holds it, a third of the object's size: what a rerun must repeat, the weights' hash last, then seconds, attempt and time in ms. */
const EpochRow = z.preprocess(
  withHash,
  z.tuple([
    z.int(),
    JsonNumber,
    JsonNumber,
    SplitName.nullable(),
    nullableNumber,
    nullableNumber,
    nullableNumber,
    z.string().nullable(),
    z.number(),
    z.int(),
    z.number(),
  ]),
)

export type EpochResult = Omit<Epoch, 'at' | 'attempt'>

/** The row's beginning, open at its end: equal for equal results. */
export function rowValues(epoch: EpochResult): string {
  const { loss, accuracy, evalSplit, evalLoss, evalAccuracy, evalTop5Accuracy } = epoch
  return `${JSON.stringify([epoch.epoch, loss, accuracy, evalSplit, evalLoss, evalAccuracy, evalTop5Accuracy]).slice(0, -1)},`
}

/** What follows `rowValues` in the row. */
export const rowHash = ({ weightsHash }: EpochResult): string => `${JSON.stringify(weightsHash)},`

export function epochFromRow(row: string): Epoch {
  const [epoch, loss, accuracy, evalSplit, evalLoss, evalAccuracy, evalTop5Accuracy, weightsHash, seconds, attempt, atMs] = EpochRow.parse(
    JSON.parse(row),
  )
  const at = new Date(atMs).toISOString()
  return { epoch, loss, accuracy, seconds, evalSplit, evalLoss, evalAccuracy, evalTop5Accuracy, weightsHash, at, attempt }
}
