import type { SampleList } from '@trainyard/client'
import { useQuery } from '@tanstack/react-query'
import { useBlobAddress } from '../service/blob-address.ts'
import { useClient } from '../service/service.ts'

const QUERY = { columns: 8, rows: 3 }
const LASTING = { staleTime: Infinity } as const

/** Some images of the dataset and their labels. */
export function SamplesCard({ dataset }: { dataset: string }) {
  const client = useClient()
  const { data, isError } = useQuery({
    queryKey: ['samples', dataset, QUERY],
    queryFn: async () => {
      const [png, { items }] = await Promise.all([client.datasets.samples(dataset, QUERY), client.datasets.sampleList(dataset, QUERY)])
      return { picture: new Blob([png], { type: 'image/png' }), items }
    },
    ...LASTING,
  })
  const address = useBlobAddress(data?.picture)
  return (
    <section className="card" aria-label="Samples of the dataset">
      <h2>Images of {dataset}</h2>
      <div className="samples">
        {data && address !== null && <img src={address} alt={altText(data.items)} width={526} height={196} />}
        {isError && <p className="muted">No worker can draw images of it now: none is live, or none has the dataset.</p>}
      </div>
      <details>
        <summary>Labels</summary>
        {data && (
          <ol className="sample-names">
            {data.items.map(({ index, name }) => (
              <li key={index}>{name}</li>
            ))}
          </ol>
        )}
      </details>
    </section>
  )
}

const altText = (items: SampleList['items']): string => `${items.length} images, row by row: ${items.map(({ name }) => name).join(', ')}`
