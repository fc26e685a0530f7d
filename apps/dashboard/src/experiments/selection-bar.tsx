import { MAX_COMPARED } from '@trainyard/contracts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from 'wouter'
import { ProblemNote } from '../service/problem-note.tsx'
import { useClient } from '../service/service.ts'

/** What can be done with those that are selected. It keeps its place when nothing is, so that the table stays where it is. */
export function SelectionBar({ ids, onClear }: { ids: readonly string[]; onClear: () => void }) {
  const client = useClient()
  const queries = useQueryClient()
  const cancel = useMutation({
    mutationFn: async () => {
      const results = await Promise.allSettled(ids.map((id) => client.experiments.cancel(id)))
      const refused = results.find((result) => result.status === 'rejected')
      if (refused) throw refused.reason
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['experiments'] }),
  })
  const words =
    ids.length === 0
      ? 'Select experiments to compare them'
      : `${ids.length} selected${ids.length > MAX_COMPARED ? `; ${MAX_COMPARED} can be compared` : ''}`
  return (
    <div className="row selection">
      <span aria-live="polite">{words}</span>
      {ids.length > 0 && (
        <>
          <Link className="button" href={`/compare?ids=${ids.slice(0, MAX_COMPARED).join(',')}`}>
            Compare
          </Link>
          <button type="button" disabled={cancel.isPending} onClick={() => cancel.mutate()}>
            Cancel them
          </button>
          <button type="button" className="quiet" onClick={onClear}>
            Select none
          </button>
        </>
      )}
      <ProblemNote error={cancel.error} />
    </div>
  )
}
