import type { Probe } from '@trainyard/client'
import type { ProbeRequest } from '@trainyard/contracts'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useClient } from '../service/service.ts'

/** The service answers at least this often with how far the probe is. */
const WAIT_SECONDS = 2
/** What it answered is asked on at once: it is the service that waits. */
const ASK_ON_MS = 50

/** What is known of this probe: nothing until `measure` asks for it; then how far it is, and its results. Equal requests are one probe. */
export function useProbe(request: ProbeRequest) {
  const client = useClient()
  const queries = useQueryClient()
  const queryKey = ['probe', request]
  const { data, error, isFetching, refetch } = useQuery({
    queryKey,
    queryFn: ({ signal }) => {
      const known = queries.getQueryData<Probe>(queryKey)
      const options = { waitSeconds: WAIT_SECONDS, signal }
      return isOpen(known) ? client.probes.get(known.id, options) : client.probes.create(request, options)
    },
    enabled: ({ state }) => isOpen(state.data),
    refetchInterval: ({ state }) => (isOpen(state.data) ? ASK_ON_MS : false),
    staleTime: Infinity,
    gcTime: Infinity,
  })
  return { probe: data, error, isMeasuring: isFetching || isOpen(data), measure: () => void refetch() }
}

const isOpen = (probe: Probe | undefined): probe is Probe => probe?.state === 'queued' || probe?.state === 'running'
