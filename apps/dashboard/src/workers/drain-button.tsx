import type { WorkerInfo } from '@trainyard/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ProblemNote } from '../service/problem-note.tsx'
import { useClient } from '../service/service.ts'

/** A drained worker leaves for good, so it asks once more. */
export function DrainButton({ worker: { id, draining, slots } }: { worker: WorkerInfo }) {
  const client = useClient()
  const queries = useQueryClient()
  const [sure, setSure] = useState(false)
  const drain = useMutation({
    mutationFn: () => client.workers.drain(id),
    onSettled: () => queries.invalidateQueries({ queryKey: ['workers'] }),
  })
  if (draining || drain.isSuccess) return <span>Draining: it requeues what it runs with a checkpoint, then exits.</span>
  const running = slots.filter(({ experimentId }) => experimentId !== null).length
  return (
    <span className="row">
      <ProblemNote error={drain.error} />
      {sure ? (
        <>
          <span>It requeues what it runs ({running}) with a checkpoint, then exits. Drain it?</span>
          <button type="button" className="primary" autoFocus disabled={drain.isPending} onClick={() => drain.mutate()}>
            Drain it
          </button>
          <button type="button" onClick={() => setSure(false)}>
            Keep it
          </button>
        </>
      ) : (
        <button type="button" onClick={() => setSure(true)}>
          Drain …
        </button>
      )}
    </span>
  )
}
