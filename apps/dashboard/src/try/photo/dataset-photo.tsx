import { useMutation } from '@tanstack/react-query'
import { ProblemNote } from '../../service/problem-note.tsx'
import { useClient } from '../../service/service.ts'
import { type Photo, photoOf } from './photo.ts'

const SIZE = 128

/** For who has no photo at hand: an image of the test split, which no experiment has trained on. */
export function DatasetPhoto({ dataset, onPhoto }: { dataset: string; onPhoto: (photo: Photo) => void }) {
  const client = useClient()
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      const [seed = 0] = crypto.getRandomValues(new Uint32Array(1))
      const query = { split: 'test', columns: 1, rows: 1, imageSize: SIZE, seed } as const
      const [png, { items }] = await Promise.all([client.datasets.samples(dataset, query), client.datasets.sampleList(dataset, query)])
      return photoOf(new Blob([png], { type: 'image/png' }), items[0]?.name ?? dataset)
    },
    onSuccess: onPhoto,
  })
  return (
    <div>
      <button type="button" onClick={() => mutate()} disabled={isPending}>
        An image of {dataset}
      </button>
      <ProblemNote error={error} />
    </div>
  )
}
