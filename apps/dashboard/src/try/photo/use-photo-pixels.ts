import { useEffect, useState } from 'react'
import type { Photo } from './photo.ts'
import { photoPixels } from './photo-pixels.ts'

export interface SeenPhoto {
  photo: Photo
  size: number
  /** (size, size, 3) */
  pixels: Uint8Array
}

interface PhotoPixels {
  seen: SeenPhoto | null
  error: unknown
}

const NOTHING: PhotoPixels = { seen: null, error: null }

/** The photo as a network of this image size sees it. */
export function usePhotoPixels(photo: Photo | null, size: number | undefined): PhotoPixels {
  const [state, setState] = useState(NOTHING)
  useEffect(() => {
    if (photo === null || size === undefined) return undefined
    let isLate = false
    photoPixels(photo.file, size).then(
      (pixels) => !isLate && setState({ seen: { photo, size, pixels }, error: null }),
      (error: unknown) => !isLate && setState({ seen: null, error }),
    )
    return () => {
      isLate = true
    }
  }, [photo, size])
  return state
}
