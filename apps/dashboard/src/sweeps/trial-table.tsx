import type { Sweep } from '@trainyard/client'
import type { Trial } from '@trainyard/contracts'
import { useMemo } from 'react'
import { Link } from 'wouter'
import { fieldValue } from '../parts/field-value.ts'
import { StateBadge } from '../parts/state-badge.tsx'
import { formatValue, objectiveTitle } from '../parts/format-objective.ts'
import { type SortedColumn, SortedTable } from './sorted-table.tsx'
import { formatStop } from './format-sweep.ts'
import { byValue } from './trial-order.ts'

/** All trials, the best first, with what each was and why it ended. */
export function TrialTable({ sweep }: { sweep: Sweep }) {
  const { items, objective, best } = sweep
  const columns = useMemo(() => columnsOf({ items, objective, best }), [items, objective, best])
  return <SortedTable label="Trials" columns={columns} rows={items} keyOf={({ trial }) => trial} first={objectiveTitle(objective)} />
}

function columnsOf({ items, objective, best }: Pick<Sweep, 'items' | 'objective' | 'best'>): SortedColumn<Trial>[] {
  const fields = [...new Set(items.flatMap((trial) => Object.keys(trial.fields)))]
  const stops = items.some(({ stopped }) => stopped !== null)
  return [
    { title: 'Trial', cell: (trial) => <TrialName trial={trial} isBest={trial.trial === best} />, order: (a, b) => a.trial - b.trial },
    {
      title: objectiveTitle(objective),
      cell: ({ value }) => formatValue(value, objective),
      order: byValue(objective),
      isNumber: true,
    },
    ...fields.map((field): SortedColumn<Trial> => ({
      title: field,
      cell: (trial) => fieldValue(field, trial.fields[field]),
      order: (a, b) => byNumber(fieldValue(field, a.fields[field]), fieldValue(field, b.fields[field])) || a.trial - b.trial,
    })),
    { title: 'Epochs', cell: ({ epochs }) => epochs, order: (a, b) => a.epochs - b.epochs || a.trial - b.trial, isNumber: true },
    {
      title: 'State',
      cell: ({ state }) => (state === null ? <span className="muted">not created yet</span> : <StateBadge state={state} />),
    },
    ...(stops ? [{ title: 'Stopped early', cell: (trial: Trial) => (trial.state === null ? '' : formatStop(trial)) }] : []),
  ]
}

function TrialName({ trial: { trial, experimentId }, isBest }: { trial: Trial; isBest: boolean }) {
  const mark = isBest && <span className="best"> ★ best</span>
  if (experimentId === null) return trial
  return (
    <>
      <Link href={`/experiments/${experimentId}`} className="row-link">
        Trial {trial}
      </Link>
      {mark}
    </>
  )
}

/** `layerSizes` by their first size, words by the alphabet. */
function byNumber(a: string, b: string): number {
  const [first, second] = [Number.parseFloat(a), Number.parseFloat(b)]
  return Number.isNaN(first) || Number.isNaN(second) ? a.localeCompare(b, 'en') : first - second
}
