import { ProblemError, UnexpectedAnswerError, UnreachableError } from '@trainyard/client'
import { useSyncExternalStore } from 'react'

/** What is wrong with the way to the service, or null. */
export interface Connection {
  current(): string | null
  subscribe(listener: () => void): () => void
  /** Looks at why a call failed; a refusal is no loss. */
  failed(error: unknown): void
  works(): void
}

export function createConnection(): Connection {
  let lost: string | null = null
  const listeners = new Set<() => void>()
  const set = (next: string | null): void => {
    if (next === lost) return
    lost = next
    for (const listener of listeners) listener()
  }
  return {
    current: () => lost,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    failed(error) {
      const words = wordsFor(error)
      if (words !== null) set(words)
    },
    works: () => set(null),
  }
}

function wordsFor(error: unknown): string | null {
  if (error instanceof ProblemError && error.problem.status >= 500) return error.problem.title
  if (error instanceof UnexpectedAnswerError && error.status < 500) return null
  // what a fetch that is cut off throws in a stream
  return error instanceof UnreachableError || error instanceof TypeError ? 'The service cannot be reached' : null
}

/** The message while the connection to the service is lost; null while it works. */
export const useConnection = (connection: Connection): string | null =>
  useSyncExternalStore(
    (listener) => connection.subscribe(listener),
    () => connection.current(),
  )
