import { type Experiment, type JsonNumber, type NormLabRow, type NormLabTable, type Sweep, toJsonNumber } from '@trainyard/contracts'
import { ExperimentNotFoundError, type ExperimentStore } from '@trainyard/jobs'
import { type Columns, fields } from '../http/csv.ts'

type Measured = Omit<NormLabRow, 'lossDifference' | 'evalAccuracyDifference'>

/** Each norm paired with no norm at the same depth: seed and order are the same, so only the norm differs. */
export async function normLabTable({ items }: Sweep, store: ExperimentStore): Promise<NormLabTable> {
  const measured: Measured[] = []
  for (const { experimentId } of items) {
    const row = experimentId === null ? null : await measure(experimentId, store)
    if (row) measured.push(row)
  }
  const rows = measured.map((row) => paired(row, measured)).toSorted((a, b) => a.depth - b.depth)
  return { items: rows, differences: differencesOf(rows) }
}

async function measure(id: string, store: ExperimentStore): Promise<Measured | null> {
  const experiment = await store.get(id).catch((error: unknown) => {
    if (error instanceof ExperimentNotFoundError) return null // deleted
    throw error
  })
  if (!experiment) return null
  const { config, state, latest, best } = experiment
  const { depth, norm, normPosition } = config
  const outputNorm = await lastHiddenNorm(experiment, store)
  return {
    depth,
    norm,
    normPosition,
    experimentId: id,
    state,
    loss: latest?.loss ?? null,
    evalAccuracy: best?.evalAccuracy ?? null,
    outputNorm,
  }
}

async function lastHiddenNorm({ id, latest, config }: Experiment, store: ExperimentStore): Promise<JsonNumber | null> {
  if (!latest || config.depth === 0) return null
  const layers = await store.layers(id, latest.epoch)
  return layers.find(({ layer }) => layer === config.depth)?.outputNorm ?? null
}

function paired(row: Measured, all: readonly Measured[]): NormLabRow {
  const without = row.norm === 'none' ? undefined : all.find(({ norm, depth }) => norm === 'none' && depth === row.depth)
  const difference = (own: JsonNumber | null, other: JsonNumber | null | undefined): JsonNumber | null =>
    own === null || other === null || other === undefined ? null : toJsonNumber(Number(own) - Number(other))
  return {
    ...row,
    lossDifference: difference(row.loss, without?.loss),
    evalAccuracyDifference: difference(row.evalAccuracy, without?.evalAccuracy),
  }
}

function differencesOf(rows: readonly NormLabRow[]): NormLabTable['differences'] {
  const groups = Map.groupBy(
    rows.filter(({ norm }) => norm !== 'none'),
    ({ norm, normPosition }) => `${norm} ${normPosition ?? ''}`,
  )
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (!first) return []
    const { norm, normPosition } = first
    const loss = meanOf(group.map(({ lossDifference }) => lossDifference))
    return [{ norm, normPosition, loss, evalAccuracy: meanOf(group.map(({ evalAccuracyDifference }) => evalAccuracyDifference)) }]
  })
}

/** Mean and standard error, s / √n. */
function meanOf(values: readonly (JsonNumber | null)[]): { mean: number; standardError: number | null; depths: number } | null {
  const numbers = values.flatMap((value) => (typeof value === 'number' ? [value] : []))
  const count = numbers.length
  if (count === 0) return null
  const mean = numbers.reduce((sum, each) => sum + each, 0) / count
  const squares = numbers.reduce((sum, each) => sum + (each - mean) ** 2, 0)
  return { mean, standardError: count < 2 ? null : Math.sqrt(squares / (count - 1) / count), depths: count }
}

export const NORM_LAB_COLUMNS: Columns<NormLabRow> = {
  ...fields('depth', 'norm', 'normPosition', 'experimentId', 'state', 'loss', 'evalAccuracy', 'outputNorm'),
  ...fields('lossDifference', 'evalAccuracyDifference'),
}
