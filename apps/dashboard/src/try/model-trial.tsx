import { PHOTO_LIMIT_BYTES } from '@trainyard/contracts'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useBlobAddress } from '../service/blob-address.ts'
import { ProblemNote } from '../service/problem-note.tsx'
import { useClient } from '../service/service.ts'
import { agreement } from './agreement.ts'
import { BrowserAnswerCard } from './browser-answer.tsx'
import { DatasetPhoto } from './photo/dataset-photo.tsx'
import type { Photo } from './photo/photo.ts'
import { PhotoInput } from './photo/photo-input.tsx'
import { PixelCanvas } from './photo/pixel-canvas.tsx'
import { ServiceAnswer } from './service-answer.tsx'
import { useBrowserAnswer } from './use-browser-answer.ts'
import type { ExperimentWithModel } from './models/use-experiments-with-model.ts'
import { type PhotoPixels, usePhotoPixels } from './photo/use-photo-pixels.ts'

interface ModelTrialProps {
  experiment: ExperimentWithModel
  photo: Photo | null
  onPhoto: (photo: Photo) => void
}

/** One model and one photo: its pixels at the size of the network, and its predicted classes, by the service and in this browser. */
export function ModelTrial({ experiment, photo, onPhoto }: ModelTrialProps) {
  const [isSent, setSent] = useState(true)
  const [askedOf, setAskedOf] = useState<string | null>(null)
  const found = usePhotoPixels(photo, experiment.config.imageSize)
  const seen = found.photoPixels?.photo === photo && found.photoPixels?.size === experiment.config.imageSize ? found.photoPixels : null
  const service = useServiceAnswer({ experiment, seen, isSent })
  const browser = useBrowserAnswer({ experiment, seen, isAsked: askedOf === experiment.id })
  const both = isSent && service.classes && browser.classes ? agreement(service.classes, browser.classes) : ''
  return (
    <>
      <div className="grid">
        <section className="card" aria-label="The photo">
          <PhotoInput onPhoto={onPhoto} />
          <DatasetPhoto dataset={experiment.config.dataset} onPhoto={onPhoto} />
          <ProblemNote error={found.error} />
        </section>
        <section className="card" aria-label="Pixels of the photo">
          <PhotoPair photo={photo} seen={seen} size={experiment.config.imageSize} />
        </section>
      </div>
      <div className="answers">
        <div className="grid">
          <ServiceAnswer photo={photo} {...service} isSent={isSent} onSent={setSent} />
          <BrowserAnswerCard experiment={experiment} answer={browser} hasPhoto={photo !== null} onAsk={() => setAskedOf(experiment.id)} />
        </div>
        <p className="agreement" role="status">
          {both}
        </p>
      </div>
    </>
  )
}

function PhotoPair({ photo, seen, size }: { photo: Photo | null; seen: PhotoPixels | null; size: number }) {
  const address = useBlobAddress(photo?.file)
  return (
    <div className="photo-pair">
      <figure>
        <div className="photo-frame">{photo && seen && address !== null && <img src={address} alt={photo.title} />}</div>
        <figcaption>{photo && seen ? photo.title : 'The photo'}</figcaption>
      </figure>
      <figure>
        <div className="photo-frame">
          <PixelCanvas seen={seen} />
        </div>
        <figcaption>
          As the network sees it: {size} × {size}
        </figcaption>
      </figure>
    </div>
  )
}

/** Asked at once, where the photo may be sent and the browser could read it. */
function useServiceAnswer({
  experiment: { id },
  seen,
  isSent,
}: {
  experiment: ExperimentWithModel
  seen: PhotoPixels | null
  isSent: boolean
}) {
  const client = useClient()
  const photo = seen?.photo
  const { data, error, isFetching } = useQuery({
    queryKey: ['predict', id, photo?.number],
    queryFn: async () => client.experiments.predict(id, new Uint8Array(await (photo?.file ?? new Blob()).arrayBuffer())),
    enabled: isSent && photo !== undefined && photo.file.size <= PHOTO_LIMIT_BYTES,
    staleTime: Infinity,
  })
  return { classes: data?.classes ?? null, error, isAsking: isFetching }
}
