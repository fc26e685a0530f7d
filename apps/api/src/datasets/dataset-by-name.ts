import { DatasetName, ExpectedError } from '@trainyard/contracts'
import { z } from 'zod'

/** The path's part of every route of one dataset. */
export const ByName = z.strictObject({ name: z.string().min(1).max(100) })

class DatasetNotFoundError extends ExpectedError {
  constructor(name: string) {
    super('DATASET_NOT_FOUND', `There is no dataset ${JSON.stringify(name)}; there are ${DatasetName.options.join(' and ')}`)
  }
}

export function datasetNamed(name: string): DatasetName {
  const parsed = DatasetName.safeParse(name)
  if (!parsed.success) throw new DatasetNotFoundError(name)
  return parsed.data
}
