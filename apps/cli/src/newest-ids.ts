import { createClient } from '@trainyard/client'

/** Somebody waits at the prompt. */
const ANSWER_WITHIN_MS = 1000
const MOST_IDS = 20

interface Where {
  url: string
  apiKey: string | undefined
}

/** Ids of the newest experiments or sweeps, for completion: none where the service is away, slow, or wants another key. */
export async function newestIds(what: 'experiments' | 'sweeps', { url, apiKey }: Where): Promise<string[]> {
  try {
    const { items } = await createClient({ baseUrl: url, apiKey, timeoutMs: ANSWER_WITHIN_MS })[what].list({ pageSize: MOST_IDS })
    return items.map(({ id }) => id)
  } catch {
    return []
  }
}
