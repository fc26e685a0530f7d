import type { ExperimentInput } from '@trainyard/client'
import { useMutation } from '@tanstack/react-query'
import { useLocation } from 'wouter'
import { Empty } from '../parts/empty.tsx'
import { ProblemNote } from '../service/problem-note.tsx'
import { useClient } from '../service/service.ts'

/** Needs no download, and learns before one's eyes. */
const EXAMPLE: ExperimentInput = {
  name: 'first example',
  dataset: 'synthetic-flowers',
  imageSize: 32,
  depth: 3,
  width: 256,
  norm: 'batch',
  lr: 0.05,
  epochs: 30,
}

/** Where there are no experiments yet: one click makes the first. */
export function FirstExperiment() {
  const client = useClient()
  const [, go] = useLocation()
  const submit = useMutation({
    mutationFn: () => client.experiments.submit(EXAMPLE),
    onSuccess: ({ id }) => go(`/experiments/${id}`),
  })
  return (
    <Empty title="No experiments yet">
      <p>
        Three hidden layers with batch norm learn to tell 102 kinds of drawn flowers apart; it takes some seconds and downloads nothing.
      </p>
      <button type="button" className="primary" disabled={submit.isPending} onClick={() => submit.mutate()}>
        Train the example
      </button>
      <ProblemNote error={submit.error} />
    </Empty>
  )
}
