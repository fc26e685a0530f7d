import type { Experiment, ListOptions } from '@trainyard/client'
import { formatLoss, formatShare, type JsonNumber } from '@trainyard/contracts'
import { memo } from 'react'
import { Link } from 'wouter'
import { ConfigChips } from '../parts/config-chips.tsx'
import { StateBadge } from '../parts/state-badge.tsx'
import { ProgressCell } from './progress-cell.tsx'
import { Sparkline } from './sparkline.tsx'

type Sort = NonNullable<ListOptions['sort']>

interface TableProps {
  experiments: readonly Experiment[]
  losses: ReadonlyMap<string, readonly JsonNumber[]>
  sort: Sort
  onSort: (sort: Sort) => void
  selected: ReadonlySet<string>
  onSelect: (ids: readonly string[], on: boolean) => void
}

/** A click sorts by what is wanted most: the newest, the lowest loss, the highest accuracy. */
const FIRST: Record<'createdAt' | 'loss' | 'evalAccuracy' | 'duration', Sort> = {
  createdAt: '-createdAt',
  loss: 'loss',
  evalAccuracy: '-evalAccuracy',
  duration: 'duration',
}

export function ExperimentsTable({ experiments, losses, sort, onSort, selected, onSelect }: TableProps) {
  const all = experiments.length > 0 && experiments.every(({ id }) => selected.has(id))
  const head = (field: keyof typeof FIRST, words: string) => <SortedHead field={field} words={words} sort={sort} onSort={onSort} />
  return (
    <div className="card wide" tabIndex={0} role="region" aria-label="Experiments">
      <table className="experiments">
        <thead>
          <tr>
            <th scope="col">
              <input
                type="checkbox"
                aria-label="Select all on this page"
                checked={all}
                onChange={() =>
                  onSelect(
                    experiments.map(({ id }) => id),
                    !all,
                  )
                }
              />
            </th>
            <th scope="col">State</th>
            <th scope="col">Experiment</th>
            <th scope="col">Loss so far</th>
            {head('loss', 'Loss')}
            {head('evalAccuracy', 'Eval accuracy')}
            {head('duration', 'Progress')}
            {head('createdAt', 'Submitted')}
          </tr>
        </thead>
        <tbody>
          {experiments.map((experiment) => (
            <Row
              key={experiment.id}
              experiment={experiment}
              losses={losses.get(experiment.id)}
              selected={selected.has(experiment.id)}
              onSelect={onSelect}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function SortedHead(props: { field: keyof typeof FIRST; words: string; sort: Sort; onSort: (sort: Sort) => void }) {
  const { field, words, sort, onSort } = props
  const down = sort === `-${field}`
  const active = down || sort === field
  const next = !active ? FIRST[field] : down ? field : (`-${field}` as const)
  return (
    <th scope="col" aria-sort={active ? (down ? 'descending' : 'ascending') : 'none'}>
      <button type="button" className="quiet sort" onClick={() => onSort(next)}>
        {words} <span aria-hidden="true">{active ? (down ? '▼' : '▲') : '↕'}</span>
      </button>
    </th>
  )
}

interface RowProps {
  experiment: Experiment
  losses: readonly JsonNumber[] | undefined
  selected: boolean
  onSelect: TableProps['onSelect']
}

/** Of a record that a poll has found unchanged the query keeps the object, so that its row is not drawn again. */
const Row = memo(function Row({ experiment, losses, selected, onSelect }: RowProps) {
  const { id, name, tags, state, config, latest, best, createdAt } = experiment
  return (
    <tr className={selected ? 'selected' : undefined}>
      <td>
        <input type="checkbox" aria-label={`Select ${name ?? id}`} checked={selected} onChange={() => onSelect([id], !selected)} />
      </td>
      <td>
        <StateBadge state={state} />
      </td>
      <th scope="row">
        <Link href={`/experiments/${id}`}>{name ?? id}</Link> {tags.length > 0 && <span className="muted">{tags.join(', ')}</span>}
        <ConfigChips config={config} />
      </th>
      <td>
        <Sparkline losses={losses} />
      </td>
      <td className="number">{formatLoss(latest?.loss ?? null)}</td>
      <td className="number">{formatShare(best?.evalAccuracy ?? null)}</td>
      <td className="progress-cell">
        <ProgressCell experiment={experiment} />
      </td>
      <td>
        <time dateTime={createdAt}>{new Date(createdAt).toLocaleString([], { dateStyle: 'short', timeStyle: 'short' })}</time>
      </td>
    </tr>
  )
})
