import { createClient } from '@trainyard/client'

const MOST_IDS = 20

export interface IdSource {
  url: string
  apiKey: string | undefined
  /** Somebody waits at the prompt: a service that takes longer is not heard. */
  withinMs: number
}

/** Ids of the newest experiments or sweeps, for completion: none where the service is away, slow, or wants another key. */
export async function newestIds(what: 'experiments' | 'sweeps', { url, apiKey, withinMs }: IdSource): Promise<string[]> {
  try {
    const { items } = await createClient({ baseUrl: url, apiKey, timeoutMs: withinMs })[what].list({ pageSize: MOST_IDS })
    return items.map(({ id }) => id)
  } catch {
    return []
  }
}
