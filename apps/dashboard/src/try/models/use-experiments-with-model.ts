import type { Experiment } from '@trainyard/client'
import { useQuery } from '@tanstack/react-query'
import { useClient } from '../../service/service.ts'

/** An experiment with a retained model. */
export type ExperimentWithModel = Experiment & { model: NonNullable<Experiment['model']> }

const POLL_MS = 10_000
const hasModel = (experiment: Experiment): experiment is ExperimentWithModel => experiment.model !== null

interface ExperimentsWithModel {
  experiments: readonly ExperimentWithModel[]
  /** The one that the address names, else the newest; null: there is none. */
  chosen: ExperimentWithModel | null
  /** The address names one that has no model. */
  named: Experiment | null
  error: unknown
  isLoading: boolean
}

/** The newest experiments that have kept a model, and the one that is asked for. */
export function useExperimentsWithModel(id: string | null): ExperimentsWithModel {
  const client = useClient()
  const list = useQuery({
    queryKey: ['kept-models'],
    queryFn: async () => (await client.experiments.list({ state: 'completed', pageSize: 100 })).items.filter(hasModel),
    refetchInterval: POLL_MS,
  })
  const one = useQuery({
    queryKey: ['kept-model', id],
    queryFn: () => client.experiments.get(id ?? ''),
    enabled: id !== null,
    staleTime: POLL_MS,
  })
  const newest = list.data ?? []
  const named = id === null ? null : (one.data ?? null)
  const chosen = id === null ? (newest[0] ?? null) : named && hasModel(named) ? named : null
  const others = chosen && !newest.some((each) => each.id === chosen.id) ? [chosen] : []
  const isLoading = list.isPending || (id !== null && one.isPending)
  return { experiments: [...others, ...newest], chosen, named, error: one.error ?? list.error, isLoading }
}
