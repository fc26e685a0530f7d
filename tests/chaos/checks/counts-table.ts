import { markdownTable } from '../../../bench/table.ts'
import type { Verdict } from './check-history.ts'

type Counts = Verdict['counts']

const COLUMNS: Record<string, (counts: Counts) => string> = {
  'calls (unanswered)': ({ calls, unanswered }) => `${calls} (${unanswered})`,
  acknowledged: ({ acknowledged }) => `${acknowledged}`,
  completed: ({ completed }) => `${completed}`,
  lost: ({ lost }) => `${lost}`,
  duplicated: ({ duplicated }) => `${duplicated}`,
  recovered: ({ recovered }) => `${recovered}`,
  'attempts lost': ({ attemptsLost }) => `${attemptsLost}`,
  epochs: ({ epochs }) => `${epochs}`,
  'missing, twice, differing, stale': ({ epochsMissing, epochsDoubled, epochsDiffering, epochsStale }) =>
    [epochsMissing, epochsDoubled, epochsDiffering, epochsStale].join(', '),
  'longest without a live owner': ({ longestOwnerlessMs }) =>
    longestOwnerlessMs === null ? '–' : `${(longestOwnerlessMs / 1000).toFixed(1)} s`,
}

/** What a run has counted, a row for each scenario; null: it could not be carried out. */
export function countsTable(rows: readonly { name: string; counts: Counts | null }[]): string {
  const cells = rows.map(({ name, counts }) => [name, ...Object.values(COLUMNS).map((column) => (counts ? column(counts) : '?'))])
  return markdownTable(['harm', ...Object.keys(COLUMNS)], cells)
}
