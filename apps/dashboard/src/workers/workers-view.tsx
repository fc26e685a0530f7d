import { useQuery } from '@tanstack/react-query'
import { Empty } from '../parts/empty.tsx'
import { Page } from '../parts/page.tsx'
import { ProblemNote } from '../service/problem-note.tsx'
import { useClient } from '../service/service.ts'
import { WorkerCard } from './worker-card.tsx'
import './workers.css'

const LOOK_AGAIN_MS = 3000

/** Every live worker: its host, engine and GPUs, and what it runs. */
export function WorkersView() {
  const client = useClient()
  const { data, error } = useQuery({ queryKey: ['workers'], queryFn: () => client.workers.list(), refetchInterval: LOOK_AGAIN_MS })
  return (
    <Page title="Workers">
      {data === undefined && (error === null ? <p className="muted">Loading …</p> : <ProblemNote error={error} />)}
      {data?.items.length === 0 && (
        <Empty title="No live worker">
          <p>Queued experiments wait for one. npm start starts one with the service; on another host:</p>
          <pre>npm run worker -- --redis redis://…</pre>
        </Empty>
      )}
      {data?.items.map((worker) => (
        <WorkerCard key={worker.id} worker={worker} />
      ))}
    </Page>
  )
}
