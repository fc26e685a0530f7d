import type { Sweep } from '@trainyard/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ProblemNote } from '../service/problem-note.tsx'
import { useClient } from '../service/service.ts'

/** Asks once more: what a trial has not finished is lost. */
export function CancelSweep({ sweep }: { sweep: Sweep }) {
  const client = useClient()
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const cancel = useMutation({
    mutationFn: () => client.sweeps.cancel(sweep.id),
    onSuccess: (canceled) => queries.setQueryData(['sweep', sweep.id], canceled),
    onSettled: () => setAsking(false),
  })
  if (sweep.state !== 'running') return null
  return (
    <>
      <ProblemNote error={cancel.error} />
      {asking ? (
        <>
          <button type="button" autoFocus disabled={cancel.isPending} onClick={() => cancel.mutate()}>
            Yes, end the {sweep.trials - sweep.ended} trials that are left
          </button>
          <button type="button" className="quiet" onClick={() => setAsking(false)}>
            Let them run
          </button>
        </>
      ) : (
        <button type="button" onClick={() => setAsking(true)}>
          Cancel the sweep
        </button>
      )}
    </>
  )
}
