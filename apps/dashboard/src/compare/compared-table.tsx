import type { Comparison } from '@trainyard/client'
import { formatLoss, formatShare } from '@trainyard/contracts'
import { Link } from 'wouter'
import { lineStyle } from '../charts/palette.ts'
import { StateBadge } from '../parts/state-badge.tsx'
import { Swatch } from '../charts/swatch.tsx'
import { labelsOf } from './compared-curves.ts'
import { fieldValue } from '../parts/field-value.ts'

/** The runs, the fields in which they differ, and their progress. */
export function ComparedTable({ comparison, onRemove }: { comparison: Comparison; onRemove: (id: string) => void }) {
  const { experiments, differing } = comparison
  const labels = labelsOf(experiments)
  return (
    <div className="wide" tabIndex={0} role="region" aria-label="Runs">
      <table className="linked-rows">
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">State</th>
            {differing.map((field) => (
              <th key={field} scope="col">
                {field}
              </th>
            ))}
            <th scope="col" className="number">
              Epoch
            </th>
            <th scope="col" className="number">
              Latest loss
            </th>
            <th scope="col" className="number">
              Best evaluation
            </th>
            <td />
          </tr>
        </thead>
        <tbody>
          {experiments.map(({ id, state, latest, best, differing: own }, i) => (
            <tr key={id}>
              <th scope="row">
                <Swatch style={lineStyle(i)} />{' '}
                <Link href={`/experiments/${id}`} className="row-link">
                  {labels[i]}
                </Link>
              </th>
              <td>
                <StateBadge state={state} />
              </td>
              {differing.map((field) => (
                <td key={field}>{fieldValue(field, own[field])}</td>
              ))}
              <td className="number">{latest?.epoch ?? 0}</td>
              <td className="number">{formatLoss(latest?.loss ?? null)}</td>
              <td className="number">{formatShare(best?.evalAccuracy ?? null)}</td>
              <td className="number">
                <button type="button" className="quiet over-link" aria-label={`Remove ${labels[i] ?? id}`} onClick={() => onRemove(id)}>
                  Remove
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
