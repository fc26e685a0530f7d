import { createClient } from '@trainyard/client'
import { QueryClientProvider } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { keepApiKey, readApiKey } from './service/api-key.ts'
import { createConnection } from './service/connection.ts'
import { ConnectionNote } from './service/connection-note.tsx'
import { KeyForm } from './service/key-form.tsx'
import { createQueries, ServiceContext } from './service/service.ts'
import { TopBar } from './parts/top-bar.tsx'
import { Views } from './views.tsx'

/** The page: a bar, one view, and where a key is needed, the form that asks for it. */
export function App({ baseUrl }: { baseUrl: string }) {
  const [apiKey, setApiKey] = useState(readApiKey)
  const [asking, setAsking] = useState<'no' | 'needed' | 'requested'>('no')
  const connection = useMemo(createConnection, [])
  // other answers belong to another key
  const { client, queries } = useMemo(
    () => ({
      client: createClient({ baseUrl, apiKey }),
      queries: createQueries({ connection, onKeyNeeded: () => setAsking('needed') }),
    }),
    [baseUrl, apiKey, connection],
  )
  function takeKey(given: string | undefined): void {
    keepApiKey(given)
    setApiKey(given)
    setAsking('no')
  }
  const service = useMemo(() => ({ client, connection }), [client, connection])

  return (
    <ServiceContext value={service}>
      <QueryClientProvider client={queries}>
        <a className="skip" href="#view">
          Skip to the content
        </a>
        <TopBar hasKey={apiKey !== undefined} onKey={() => setAsking('requested')} />
        <main id="view" tabIndex={-1}>
          {asking === 'no' ? (
            <Views />
          ) : (
            <KeyForm refused={asking === 'needed' && apiKey !== undefined} hasKey={apiKey !== undefined} onKey={takeKey} />
          )}
        </main>
        <ConnectionNote connection={connection} />
      </QueryClientProvider>
    </ServiceContext>
  )
}
