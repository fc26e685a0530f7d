import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { Empty } from '../../parts/empty.tsx'
import { Page } from '../../parts/page.tsx'
import { ProblemNote } from '../../service/problem-note.tsx'
import { useClient } from '../../service/service.ts'
import { forkOrigins } from './fork-changes.ts'
import { ForkForm } from './fork-form.tsx'
import '../new.css'

const POLL_MS = 3000

/** Forks an experiment from one of its fork points. */
export function ForkView({ id }: { id: string }) {
  const client = useClient()
  const { data, error } = useQuery({
    queryKey: ['fork', id],
    queryFn: () => client.experiments.get(id),
    // a form that is being filled in stays as it is; one that runs may yet keep something
    refetchInterval: (query) => (query.state.data?.forkPoints.length === 0 ? POLL_MS : false),
  })
  const [newest, ...older] = data ? forkOrigins(data) : []
  return (
    <Page title={`Fork ${data?.name ?? id}`}>
      {!data && error === null && <p className="muted">Loading …</p>}
      {!data && <ProblemNote error={error} />}
      {data && newest && <ForkForm experiment={data} origins={[newest, ...older]} />}
      {data && !newest && (
        <Empty title="Nothing to fork from">
          <p>
            It has no retained checkpoint or model that a fork could start from.{' '}
            <Link href={`/new?from=${data.id}`}>A new experiment like this one</Link>
          </p>
        </Empty>
      )}
    </Page>
  )
}
