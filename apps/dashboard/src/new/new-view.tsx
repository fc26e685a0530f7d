import { useQuery } from '@tanstack/react-query'
import { useSearch } from 'wouter'
import { Page } from '../parts/page.tsx'
import { ProblemNote } from '../service/problem-note.tsx'
import { useClient } from '../service/service.ts'
import { NewForm } from './new-form.tsx'
import { textsFromExperiment, textsFromSearch } from './format-request.ts'
import './new.css'

/** A new experiment: /new, filled in by the address (/new?depth=12), or from another one (/new?from=ID). */
export function NewView() {
  const search = useSearch()
  const from = new URLSearchParams(search).get('from')
  return (
    <Page title="New experiment">
      {from === null ? <NewForm key={search} initial={textsFromSearch(search)} /> : <FormFrom id={from} search={search} />}
    </Page>
  )
}

/** The fields of that experiment, with those of the URL over them. */
function FormFrom({ id, search }: { id: string; search: string }) {
  const client = useClient()
  const { data, error } = useQuery({ queryKey: ['new-from', id], queryFn: () => client.experiments.get(id), staleTime: Infinity })
  if (error) return <ProblemNote error={error} />
  if (!data) return <p className="muted">Loading …</p>
  return <NewForm key={search} initial={{ ...textsFromExperiment(data), ...textsFromSearch(search) }} />
}
