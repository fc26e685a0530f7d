import { useEffect, useState } from 'react'

const SETTLED_AFTER_MS = 250

/** The value once nobody has changed it for a moment, so that not every key that is pressed asks the service; `settle` does not wait. */
export function useSettled<T>(value: T): { settled: T; settle: (value: T) => void } {
  const [settled, settle] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => settle(value), SETTLED_AFTER_MS)
    return () => clearTimeout(timer)
  }, [value])
  return { settled, settle }
}
