import { ProblemError } from '@trainyard/client'
import { isTerminal } from '@trainyard/contracts'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { Link, useLocation } from 'wouter'
import { Empty } from '../parts/empty.tsx'
import { Page } from '../parts/page.tsx'
import { ProblemNote } from '../service/problem-note.tsx'
import { useClient } from '../service/service.ts'
import { experimentKey } from './curves/queries.ts'
import { Run } from './run/run.tsx'
import './experiment.css'

/** A fallback: events report changes at once. */
const POLL_MS = 5000

/** The experiment that the address names: by its id, the beginning of it, or as `latest`. */
export function ExperimentView({ id }: { id: string }) {
  const client = useClient()
  const queries = useQueryClient()
  const [, goTo] = useLocation()
  const { data: experiment, error } = useQuery({
    queryKey: experimentKey(id),
    queryFn: () => client.experiments.get(id),
    refetchInterval: ({ state: { data } }) => (data && isTerminal(data.state) ? false : POLL_MS),
  })
  const whole = experiment?.id
  useEffect(() => {
    if (!experiment || experiment.id === id) return
    queries.setQueryData(experimentKey(experiment.id), experiment)
    goTo(`/experiments/${experiment.id}`, { replace: true })
  }, [whole, id])

  if (experiment && whole === id) return <Run experiment={experiment} />
  return (
    <Page title={`Experiment ${id.slice(0, 12)}`}>
      {error && isGone(error) ? (
        <Empty title="No such experiment">
          <ProblemNote error={error} />
          <Link href="/">All experiments</Link>
        </Empty>
      ) : (
        <ProblemNote error={error} />
      )}
    </Page>
  )
}

const isGone = (error: unknown): boolean => error instanceof ProblemError && error.problem.status < 500
