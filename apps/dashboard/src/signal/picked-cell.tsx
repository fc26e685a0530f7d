import type { ProbeRequest } from '@trainyard/contracts'
import { useMutation } from '@tanstack/react-query'
import { Link, useLocation } from 'wouter'
import { ProblemNote } from '../service/problem-note.tsx'
import { useClient } from '../service/service.ts'
import type { SignalCell } from './signal-cells.ts'
import { formatCell, formatNetwork } from './format-signal.ts'
import { formAddress, trainedCell } from './trained-cell.ts'

/** The point that was picked, and the way from it to an experiment. */
export function PickedCell({ cell, request }: { cell: SignalCell | null; request: ProbeRequest }) {
  const client = useClient()
  const [, navigate] = useLocation()
  const train = useMutation({
    mutationFn: (picked: SignalCell) =>
      client.experiments.submit({ ...trainedCell(picked, request), name: `Signal lab: ${formatNetwork(picked, request)}` }),
    onSuccess: ({ id }) => navigate(`/experiments/${id}`),
  })
  return (
    <div className="picked-cell" role="group" aria-label="Picked network">
      {cell ? (
        <>
          <p aria-live="polite">
            <strong>{formatCell(cell, request)}</strong>
          </p>
          <div className="row">
            <button type="button" className="primary" disabled={train.isPending} onClick={() => train.mutate(cell)}>
              Train this network
            </button>
            <Link href={formAddress(trainedCell(cell, request))}>Change it first</Link>
            <span className="muted">{formatTraining(trainedCell(cell, request))}</span>
          </div>
          <ProblemNote error={train.error} />
        </>
      ) : (
        <p className="muted">Pick a point in the plot, with a click or Enter, or in the table: it becomes an experiment.</p>
      )}
    </div>
  )
}

const formatTraining = ({ epochs, dataset, imageSize, lr }: ReturnType<typeof trainedCell>): string =>
  `${epochs} epochs of ${dataset}, ${imageSize} px, lr ${lr}, with the weights that the first draw had`
