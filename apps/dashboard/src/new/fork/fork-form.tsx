import type { Experiment } from '@trainyard/client'
import { useMutation } from '@tanstack/react-query'
import { type SubmitEvent, useMemo, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { ProblemNote } from '../../service/problem-note.tsx'
import { useClient } from '../../service/service.ts'
import { FieldGroupCard } from '../fields/field-group-card.tsx'
import { FORK_GROUPS, type ForkOrigin, ownTexts, readFork } from './fork-changes.ts'
import { ForkOriginFields } from './fork-origin-fields.tsx'
import { FixedFields } from './fixed-fields.tsx'
import { idempotencyKey } from '../idempotency-key.ts'
import { problemFaults } from '../problem-errors.ts'
import { SchemaField } from '../fields/schema-field.tsx'

/** How an experiment goes on: from a kept epoch, with some fields changed. */
export function ForkForm({ experiment, origins }: { experiment: Experiment; origins: readonly [ForkOrigin, ...ForkOrigin[]] }) {
  const own = useMemo(() => ownTexts(experiment), [experiment])
  const [texts, setTexts] = useState(own)
  const [origin, setOrigin] = useState(origins[0])
  const [reset, setReset] = useState(false)
  const { changes, changed, faults: found } = readFork(experiment, { texts, epoch: origin.epoch })
  const fork = useFork(experiment, { texts, epoch: origin.epoch, reset })
  const faults = { ...problemFaults(fork.error), ...found }

  function onSubmit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault()
    if (changes) fork.mutate(changes)
    else event.currentTarget.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }
  return (
    <form onSubmit={onSubmit} noValidate aria-label="Fork" onChange={() => fork.reset()}>
      <FieldGroupCard title="Fork point" open>
        <ForkOriginFields {...{ origins, origin, reset }} onOrigin={setOrigin} onReset={setReset} />
      </FieldGroupCard>
      {FORK_GROUPS.map(({ title, flags }) => (
        <FieldGroupCard key={title} title={title} open>
          {flags.map((flag) => (
            <SchemaField
              key={flag.field}
              flag={flag}
              text={texts[flag.field] ?? ''}
              fallback={own[flag.field] === '' ? null : own[flag.field]}
              fallbackWord="unchanged"
              fault={faults[flag.field]}
              mark={changed.includes(flag.field) && <span className="changed">✎ changed, was {own[flag.field] || 'empty'}</span>}
              onText={(text) => setTexts((before) => ({ ...before, [flag.field]: text }))}
            />
          ))}
        </FieldGroupCard>
      ))}
      <FixedFields experiment={experiment} />
      <div className="form-end">
        <ProblemNote error={fork.error} />
        <div className="row">
          <button type="submit" className="primary" disabled={fork.isPending}>
            Fork from epoch {origin.epoch}
          </button>
          <button type="button" onClick={() => setTexts(own)}>
            Reset
          </button>
          <span className="muted">
            {changed.length === 0 ? 'No changes.' : `Changed: ${changed.join(', ')}.`}{' '}
            <Link href={`/experiments/${experiment.id}`}>Back to the experiment</Link>
          </span>
        </div>
      </div>
    </form>
  )
}

/** Queues it and goes to it. A form that is sent twice makes one experiment. */
function useFork({ id }: Experiment, { texts, epoch, reset }: { texts: unknown; epoch: number; reset: boolean }) {
  const client = useClient()
  const [, navigate] = useLocation()
  const key = useMemo(idempotencyKey, [texts, epoch, reset])
  return useMutation({
    mutationFn: (changes: ForkChangesInput) =>
      client.experiments.fork(id, { epoch, changes, ...(reset && { resetOptimizer: true }) }, { idempotencyKey: key }),
    onSuccess: (made) => navigate(`/experiments/${made.id}`),
  })
}
type ForkChangesInput = NonNullable<ReturnType<typeof readFork>['changes']>
