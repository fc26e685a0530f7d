import { useEffect, useState } from 'react'

const SETTLED_AFTER_MS = 250

/** The value once it has not changed for a moment, so that not every key that is pressed calls the service; `settle` does not wait. */
export function useSettled<T>(value: T): { settled: T; settle: (value: T) => void } {
  const [settled, settle] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => settle(value), SETTLED_AFTER_MS)
    return () => clearTimeout(timer)
  }, [value])
  return { settled, settle }
}
