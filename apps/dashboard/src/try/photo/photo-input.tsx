import { useEffect, useId, useRef } from 'react'
import { type Photo, photoOf } from './photo.ts'

/** Where a photo is given to the page: chosen, taken, dropped anywhere on it, or pasted. */
export function PhotoInput({ onPhoto }: { onPhoto: (photo: Photo) => void }) {
  const [choose, take] = [useId(), useId()]
  useGivenFiles((file) => onPhoto(photoOf(file, file.name)))
  const input = (id: string, capture?: 'environment') => (
    <input
      id={id}
      type="file"
      accept="image/*"
      capture={capture}
      onChange={({ currentTarget }) => {
        const [file] = currentTarget.files ?? []
        if (file) onPhoto(photoOf(file, file.name))
        // the same file may be chosen once more
        currentTarget.value = ''
      }}
    />
  )
  return (
    <div className="photo-input">
      <label htmlFor={choose}>Choose a photo, drop one anywhere, or paste it</label>
      {input(choose)}
      <div className="with-camera">
        <label htmlFor={take}>Take a photo</label>
        {input(take, 'environment')}
      </div>
    </div>
  )
}

/** Files that are dropped on the page or pasted into it. */
function useGivenFiles(onFile: (file: File) => void): void {
  const latest = useRef(onFile)
  useEffect(() => void (latest.current = onFile))
  useEffect(() => {
    const listening = new AbortController()
    const take = (event: Event, data: DataTransfer | null): void => {
      const [file] = data?.files ?? []
      // else the browser would leave the page for the file
      if (data?.types.includes('Files')) event.preventDefault()
      if (file) latest.current(file)
    }
    const { signal } = listening
    addEventListener('dragover', (event) => event.dataTransfer?.types.includes('Files') && event.preventDefault(), { signal })
    addEventListener('drop', (event) => take(event, event.dataTransfer), { signal })
    addEventListener('paste', (event) => take(event, event.clipboardData), { signal })
    return () => listening.abort()
  }, [])
}
