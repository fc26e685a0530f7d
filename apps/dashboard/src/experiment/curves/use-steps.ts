import type { BatchList } from '@trainyard/client'
import { useQueries, type UseQueryResult } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useClient } from '../../service/service.ts'
import { stepsKey } from './queries.ts'
import { stepPoints } from './run-curves.ts'
import type { RunView } from './run-series.ts'

const KEPT_MS = 60_000

const answered = (results: UseQueryResult<BatchList>[]): BatchList[] => results.flatMap(({ data }) => data ?? [])

interface UseSteps {
  id: string
  view: RunView
  epochs: readonly number[]
  stepsPerEpoch: number
}

/** Every step of these epochs: asked for once, and over them what comes live. */
export function useSteps({ id, view, epochs, stepsPerEpoch }: UseSteps) {
  const client = useClient()
  const last = view.epochs.epoch.at(-1) ?? 0
  const asked = useQueries({
    queries: epochs.map((epoch) => ({
      // once more when it is whole
      queryKey: [...stepsKey(id, epoch), epoch <= last],
      queryFn: () => client.experiments.batches(id, { epoch }),
      staleTime: Infinity,
      gcTime: KEPT_MS,
    })),
    combine: answered,
  })
  return useMemo(() => stepPoints({ epochs, asked, live: view.steps, stepsPerEpoch }), [epochs, asked, view.steps, stepsPerEpoch])
}
