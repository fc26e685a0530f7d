import { type Client, isProblem } from '@trainyard/client'
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { createContext, use } from 'react'
import type { Connection } from './connection.ts'

/** What every view is given: the service's client, and where failed connections to it are shown. */
interface Service {
  client: Client
  connection: Connection
}

export const ServiceContext = createContext<Service | null>(null)

export function useService(): Service {
  const service = use(ServiceContext)
  if (!service) throw new Error('A view is drawn outside of the app')
  return service
}

export const useClient = (): Client => useService().client

/** The query cache. Each failure is looked at once: is a key needed, is the service away? */
export function createQueries({ connection, onKeyNeeded }: { connection: Connection; onKeyNeeded: () => void }): QueryClient {
  const onError = (error: unknown): void => {
    connection.failed(error)
    if (isProblem(error, 'UNAUTHENTICATED')) onKeyNeeded()
  }
  const onSuccess = (): void => connection.works()
  return new QueryClient({
    queryCache: new QueryCache({ onError, onSuccess }),
    mutationCache: new MutationCache({ onError, onSuccess }),
    defaultOptions: {
      queries: {
        // the service is on this host or its network, whatever the browser thinks of the internet
        networkMode: 'always',
        // the client tries again where that helps
        retry: false,
      },
      mutations: { networkMode: 'always' },
    },
  })
}
