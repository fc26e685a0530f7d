import { formatLoss, formatShare, type NormLabTable as Table } from '@trainyard/contracts'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { shortNumber } from '../charts/chart-options.ts'
import { ProblemNote } from '../service/problem-note.tsx'
import { useClient } from '../service/service.ts'

type Row = Table['items'][number]
type Difference = Table['differences'][number]
type Paired = Difference['loss']

/** Each norm beside no norm of the same depth: one seed, so that only the norm differs. */
export function NormLabTable({ id, ended, refetchInterval }: { id: string; ended: number; refetchInterval: number | false }) {
  const client = useClient()
  const { data, error } = useQuery({
    // each trial that ends brings its numbers, the last one too
    queryKey: ['sweep', id, 'norm-lab', ended],
    queryFn: () => client.sweeps.normLab(id),
    refetchInterval,
    placeholderData: keepPreviousData,
  })
  return (
    <section className="card" aria-labelledby="norm-lab">
      <h2 id="norm-lab">Each norm against none</h2>
      <p className="muted">
        One seed and one order of the images, so that only the norm differs. The output norm is the last hidden layer’s in the last epoch.
      </p>
      <ProblemNote error={error} />
      {data && <Rows items={data.items} />}
      {data && <Differences differences={data.differences} />}
    </section>
  )
}

const Rows = ({ items }: { items: readonly Row[] }) => (
  <div className="wide" tabIndex={0} role="region" aria-label="Norm lab">
    <table className="linked-rows">
      <thead>
        <tr>
          <th scope="col">Norm</th>
          {['Depth', 'Output norm', 'Loss', 'Loss to none', 'Evaluation accuracy', 'Accuracy to none'].map((title) => (
            <th key={title} scope="col" className="number">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {items.map((row) => (
          <tr key={`${row.depth} ${row.norm} ${row.normPosition}`}>
            <th scope="row">
              {row.experimentId === null ? (
                formatNormKind(row)
              ) : (
                <Link href={`/experiments/${row.experimentId}`} className="row-link">
                  {formatNormKind(row)}
                </Link>
              )}
            </th>
            <td className="number">{row.depth}</td>
            <td className="number">{row.outputNorm === null ? '–' : shortNumber(Number(row.outputNorm))}</td>
            <td className="number">{formatLoss(row.loss)}</td>
            <td className="number">{signed(row.lossDifference)}</td>
            <td className="number">{formatShare(row.evalAccuracy)}</td>
            <td className="number">{signed(row.evalAccuracyDifference)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

const Differences = ({ differences }: { differences: readonly Difference[] }) => (
  <ul>
    {differences.map(({ norm, normPosition, loss, evalAccuracy }) => (
      <li key={`${norm} ${normPosition}`}>
        {formatNormKind({ norm, normPosition })}: loss {formatPaired(loss)}
        {evalAccuracy && `, evaluation accuracy ${formatPaired(evalAccuracy)}`} to no norm
        {loss && `, over ${loss.depths === 1 ? '1 depth' : `${loss.depths} depths`}`}
      </li>
    ))}
  </ul>
)

const formatNormKind = ({ norm, normPosition }: Pick<Row, 'norm' | 'normPosition'>): string =>
  norm === 'none' ? 'no norm' : `${norm} norm${normPosition === null ? '' : ` ${normPosition} ReLU`}`

const signed = (value: number | string | null): string => (typeof value === 'number' ? `${value > 0 ? '+' : ''}${value.toFixed(3)}` : '–')

const formatPaired = (paired: Paired): string =>
  paired ? `${signed(paired.mean)}${paired.standardError === null ? '' : ` ± ${paired.standardError.toFixed(3)}`}` : 'not known yet'
