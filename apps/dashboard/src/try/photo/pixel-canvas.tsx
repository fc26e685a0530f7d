import { useEffect, useRef } from 'react'
import type { PhotoPixels } from './use-photo-pixels.ts'

/** The photo as the network sees it, pixel by pixel. */
export function PixelCanvas({ seen }: { seen: PhotoPixels | null }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context || !seen) return
    const { pixels, size } = seen
    const image = context.createImageData(size, size)
    for (let from = 0, to = 0; from < pixels.length; from += 3, to += 4) {
      image.data.set(pixels.subarray(from, from + 3), to)
      image.data[to + 3] = 255
    }
    context.putImageData(image, 0, 0)
  }, [seen])
  const label = seen ? `${seen.photo.title} as the network sees it: ${seen.size} × ${seen.size} pixels` : 'No photo yet'
  return <canvas ref={canvas} className="pixels" width={seen?.size ?? 1} height={seen?.size ?? 1} role="img" aria-label={label} />
}
