import type { Experiment } from '@trainyard/client'
import { useId } from 'react'
import { Link } from 'wouter'
import { FieldGroupCard } from '../fields/field-group-card.tsx'
import { FIXED_FLAGS, fixedReason } from './fork-changes.ts'
import { textOf } from '../fields/format-form.ts'

/** What a fork cannot change, and why. */
export function FixedFields({ experiment: { id, config } }: { experiment: Experiment }) {
  const [ids, reason] = [useId(), useId()]
  const values: Record<string, unknown> = config
  return (
    <FieldGroupCard title="Fixed fields" open>
      <p id={reason} className="wide-field muted">
        Each of these {fixedReason()}: <Link href={`/new?from=${id}`}>a new experiment like this one</Link>
      </p>
      {FIXED_FLAGS.map(({ field }) => (
        <div key={field} className="field">
          <label htmlFor={`${ids}${field}`}>{field}</label>
          <input
            id={`${ids}${field}`}
            disabled
            aria-describedby={reason}
            value={values[field] === null ? '–' : textOf(values[field])}
            readOnly
          />
        </div>
      ))}
    </FieldGroupCard>
  )
}
