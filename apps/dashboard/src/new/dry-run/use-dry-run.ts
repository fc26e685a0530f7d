import type { DryRun } from '@trainyard/client'
import type { ExperimentRequest } from '@trainyard/contracts'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useClient } from '../../service/service.ts'

interface DryRunState {
  /** Of the last valid form; it stays while the next one loads, and while fields are invalid. */
  dryRun: DryRun | null
  error: unknown
  isAsking: boolean
}

/** The dry run of the experiment in the form; null: some of its fields are invalid. */
export function useDryRun(request: ExperimentRequest | null): DryRunState {
  const client = useClient()
  const [asked, setAsked] = useState(request)
  const [last, setLast] = useState<DryRun | null>(null)
  if (request !== null && request !== asked) setAsked(request)
  const { data, error, isFetching } = useQuery({
    queryKey: ['dry-run', asked],
    queryFn: ({ signal }) => client.experiments.dryRun(asked ?? {}, { signal }),
    enabled: asked !== null,
    staleTime: 60_000,
  })
  if (data !== undefined && data !== last) setLast(data)
  return { dryRun: data ?? last, error, isAsking: isFetching }
}
