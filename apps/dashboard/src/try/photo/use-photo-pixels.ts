import { useEffect, useState } from 'react'
import type { Photo } from './photo.ts'
import { photoPixels as readPixels } from './photo-pixels.ts'

export interface PhotoPixels {
  photo: Photo
  size: number
  /** (size, size, 3) */
  pixels: Uint8Array
}

interface PhotoPixelsState {
  photoPixels: PhotoPixels | null
  error: unknown
}

const NOTHING: PhotoPixelsState = { photoPixels: null, error: null }

/** The photo as a network of this image size sees it. */
export function usePhotoPixels(photo: Photo | null, size: number | undefined): PhotoPixelsState {
  const [state, setState] = useState(NOTHING)
  useEffect(() => {
    if (photo === null || size === undefined) return undefined
    let isLate = false
    readPixels(photo.file, size).then(
      (pixels) => !isLate && setState({ photoPixels: { photo, size, pixels }, error: null }),
      (error: unknown) => !isLate && setState({ photoPixels: null, error }),
    )
    return () => {
      isLate = true
    }
  }, [photo, size])
  return state
}
