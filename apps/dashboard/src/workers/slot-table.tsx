import type { WorkerInfo } from '@trainyard/client'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { ConfigChips } from '../parts/config-chips.tsx'
import { ProgressCell } from '../experiments/progress-cell.tsx'
import { useClient } from '../service/service.ts'

const LOOK_AGAIN_MS = 3000

/** What each slot of a worker runs. */
export const SlotTable = ({ slots }: { slots: WorkerInfo['slots'] }) => (
  <div className="wide">
    <table>
      <thead>
        <tr>
          <th scope="col">Slot</th>
          <th scope="col">Trainer</th>
          <th scope="col">GPU</th>
          <th scope="col">Runs</th>
          <th scope="col">Progress</th>
        </tr>
      </thead>
      <tbody>
        {slots.map(({ slot, trainer, gpu, experimentId }) => (
          <tr key={slot} className="slot">
            <th scope="row">{slot}</th>
            <td>{trainer}</td>
            <td>{gpu ?? 'none'}</td>
            {experimentId === null ? <td colSpan={2}>nothing</td> : <Running id={experimentId} />}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

function Running({ id }: { id: string }) {
  const client = useClient()
  const { data } = useQuery({ queryKey: ['experiment', id], queryFn: () => client.experiments.get(id), refetchInterval: LOOK_AGAIN_MS })
  return (
    <>
      <td>
        <Link href={`/experiments/${id}`}>{data?.name ?? id}</Link>
        {data && <ConfigChips config={data.config} />}
      </td>
      <td>{data && <ProgressCell experiment={data} />}</td>
    </>
  )
}
