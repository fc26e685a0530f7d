import type { ExperimentEvent } from '@trainyard/contracts'
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { useService } from '../../service/service.ts'
import { followRun } from './follow-run.ts'
import { experimentKey, stepsKey } from '../curves/queries.ts'
import { createRunSeries, type RunView } from '../curves/run-series.ts'

/** Epochs can take milliseconds. */
const REFETCH_INTERVAL_MS = 1500

/** What is known of a run, live; its record is asked for again when something in it has changed. */
export function useRun(id: string): RunView {
  const { client, connection } = useService()
  const queries = useQueryClient()
  const series = useMemo(() => createRunSeries({ schedule: (notify) => void requestAnimationFrame(notify) }), [])
  useEffect(() => {
    const left = new AbortController()
    const record = refetchedAtMost(() => void queries.invalidateQueries({ queryKey: experimentKey(id) }))
    void followRun({
      client,
      connection,
      id,
      signal: left.signal,
      onEvent(event) {
        series.apply(event)
        keepUp({ queries, record, id, event })
      },
    })
    return () => {
      left.abort()
      record.stop()
    }
  }, [client, connection, id, queries, series])
  const view = useSyncExternalStore(series.subscribe, series.view)

  const older = useQuery({
    queryKey: ['older', id, view.gaps],
    enabled: view.gaps > 0,
    queryFn: async () => {
      const [layers, logs] = await Promise.all([client.experiments.layers(id), client.experiments.logs(id)])
      const byEpoch = [...Map.groupBy(layers.items, ({ epoch }) => epoch)]
      return { layers: byEpoch.map(([epoch, rows]) => ({ epoch, layers: rows })), logs: logs.items }
    },
    staleTime: Infinity,
    gcTime: 0,
  })
  useEffect(() => {
    if (older.data) series.addOlder(older.data)
  }, [older.data, series])
  return view
}

interface KeepUp {
  queries: QueryClient
  record: { soon(): void; now(): void }
  id: string
  event: ExperimentEvent
}

/** What other answers of the service an event makes old. */
function keepUp({ queries, record, id, event: { type, data } }: KeepUp): void {
  if (type === 'snapshot') queries.setQueryData(experimentKey(id), data.experiment)
  if (type === 'state' || type === 'end') record.now()
  if (type !== 'epoch') return
  record.soon()
  if (data.replaces) void queries.invalidateQueries({ queryKey: stepsKey(id, data.epoch) })
}

function refetchedAtMost(refetch: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined
  function now(): void {
    clearTimeout(timer)
    timer = undefined
    refetch()
  }
  return {
    now,
    soon(): void {
      timer ??= setTimeout(now, REFETCH_INTERVAL_MS)
    },
    stop: () => clearTimeout(timer),
  }
}
