import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useLocation } from 'wouter'
import { ProblemNote } from '../service/problem-note.tsx'
import { useClient } from '../service/service.ts'
import { EXAMPLE_SWEEP } from './example-sweep.ts'

/** Starts the example and goes to it. */
export function StartExample() {
  const client = useClient()
  const queries = useQueryClient()
  const [, navigate] = useLocation()
  const start = useMutation({
    mutationFn: () => client.sweeps.create(EXAMPLE_SWEEP),
    onSuccess: (sweep) => {
      queries.setQueryData(['sweep', sweep.id], sweep)
      navigate(`/sweeps/${sweep.id}`)
    },
  })
  return (
    <>
      <button type="button" disabled={start.isPending} onClick={() => start.mutate()}>
        Start an example: learning rate × norm
      </button>
      <ProblemNote error={start.error} />
    </>
  )
}
