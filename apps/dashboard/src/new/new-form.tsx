import type { ExperimentRequest } from '@trainyard/contracts'
import { useMutation } from '@tanstack/react-query'
import { type SubmitEvent, useMemo, useState } from 'react'
import { flushSync } from 'react-dom'
import { useLocation } from 'wouter'
import { ProblemNote } from '../service/problem-note.tsx'
import { useClient } from '../service/service.ts'
import { CommandsCard } from './commands-card.tsx'
import { DryRunCard } from './dry-run/dry-run-card.tsx'
import { EXPERIMENT_FORM } from './experiment-form.ts'
import { fieldGroups } from './fields/field-groups.ts'
import { FieldGroupCard } from './fields/field-group-card.tsx'
import { readTexts, type Texts } from './fields/format-form.ts'
import { idempotencyKey } from './idempotency-key.ts'
import { problemFaults } from './problem-errors.ts'
import { addressOf } from './format-request.ts'
import { SamplesCard } from './samples-card.tsx'
import { SchemaField } from './fields/schema-field.tsx'
import { useDryRun } from './dry-run/use-dry-run.ts'
import { useDebounced } from './dry-run/use-debounced.ts'

const GROUPS = fieldGroups(EXPERIMENT_FORM.flags)

/** The fields of a new experiment, and what it will be. */
export function NewForm({ initial }: { initial: Texts }) {
  const [, navigate] = useLocation()
  const [texts, setTexts] = useState(initial)
  const { debounced, setNow } = useDebounced(texts)
  const read = useMemo(() => readTexts(EXPERIMENT_FORM, debounced), [debounced])
  const dryRun = useDryRun(read.parsed)
  const submit = useSubmit(texts)
  const faults = { ...problemFaults(dryRun.error), ...problemFaults(submit.error), ...read.faults }

  function onText(field: string, text: string): void {
    setTexts((before) => ({ ...before, [field]: text }))
    submit.reset()
  }
  function onSubmit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault()
    const form = event.currentTarget
    const { parsed } = readTexts(EXPERIMENT_FORM, texts)
    if (parsed) return submit.mutate(parsed)
    flushSync(() => setNow(texts))
    form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }
  function reset(): void {
    setTexts({})
    setNow({})
    submit.reset()
    navigate('/new', { replace: true })
  }
  return (
    <div className="new-columns">
      <form onSubmit={onSubmit} noValidate aria-label="New experiment">
        {GROUPS.map(({ title, flags, open }) => (
          <FieldGroupCard key={title} {...{ title, open }} hasFault={flags.some(({ field }) => faults[field] !== undefined)}>
            {flags.map((flag) => (
              <SchemaField
                key={flag.field}
                flag={flag}
                text={texts[flag.field] ?? ''}
                fault={faults[flag.field]}
                onText={(text) => onText(flag.field, text)}
              />
            ))}
          </FieldGroupCard>
        ))}
        <div className="form-end">
          <ProblemNote error={submit.error} />
          <div className="row">
            <button type="submit" className="primary" disabled={submit.isPending}>
              Queue the experiment
            </button>
            <button type="button" onClick={reset}>
              Reset
            </button>
          </div>
        </div>
      </form>
      <div>
        <DryRunCard {...dryRun} isStale={read.parsed === null && dryRun.dryRun !== null} />
        <CommandsCard given={read.given} address={addressOf(debounced)} />
        <SamplesCard dataset={read.parsed?.dataset ?? 'flowers102'} />
      </div>
    </div>
  )
}

/** Queues it and goes to it. A form that is sent twice makes one experiment. */
function useSubmit(texts: Texts) {
  const client = useClient()
  const [, navigate] = useLocation()
  const key = useMemo(idempotencyKey, [texts])
  return useMutation({
    mutationFn: (request: ExperimentRequest) => client.experiments.submit(request, { idempotencyKey: key }),
    onSuccess: ({ id }) => {
      // so that going back finds the form as it was
      navigate(addressOf(texts), { replace: true })
      navigate(`/experiments/${id}`)
    },
  })
}
