import { useEffect, useState } from 'react'

const DEBOUNCE_MS = 250

/** The value once it has stopped changing, so that not every key press sends a request; `setNow` does not wait. */
export function useDebounced<T>(value: T): { debounced: T; setNow: (value: T) => void } {
  const [debounced, setNow] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setNow(value), DEBOUNCE_MS)
    return () => clearTimeout(timer)
  }, [value])
  return { debounced, setNow }
}
