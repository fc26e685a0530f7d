import type { Experiment, ListOptions } from '@trainyard/client'
import { isTerminal, type JsonNumber } from '@trainyard/contracts'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useClient } from '../service/service.ts'

const LOOK_AGAIN_MS = 2000
const DRAW_AGAIN_MS = 4000

/** One page of experiments, which looks after itself. */
export function useExperimentPage(options: ListOptions) {
  const client = useClient()
  return useQuery({
    queryKey: ['experiments', options],
    queryFn: () => client.experiments.list(options),
    refetchInterval: LOOK_AGAIN_MS,
    placeholderData: keepPreviousData,
  })
}

/** Losses by id. Those of ended ones are asked for once, the others again and again. */
export function useSparklines(experiments: readonly Experiment[]): ReadonlyMap<string, readonly JsonNumber[]> {
  const [ended, live] = [experiments.filter(({ state }) => isTerminal(state)), experiments.filter(({ state }) => !isTerminal(state))]
  const [old, current] = [useLosses(ended, Infinity), useLosses(live, DRAW_AGAIN_MS)]
  return new Map([...old, ...current])
}

function useLosses(experiments: readonly Experiment[], everyMs: number): readonly (readonly [string, readonly JsonNumber[]])[] {
  const client = useClient()
  const ids = experiments.filter(({ latest }) => latest !== null).map(({ id }) => id)
  const { data } = useQuery({
    queryKey: ['sparklines', ids],
    queryFn: () => client.experiments.sparklines(ids),
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
    ...(Number.isFinite(everyMs) ? { refetchInterval: everyMs } : { staleTime: Infinity }),
  })
  return data?.sparklines.map(({ id, losses }) => [id, losses] as const) ?? []
}
