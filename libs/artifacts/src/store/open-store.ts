import type { RemoteStore } from './object-store.ts'
import type { StoreSettings } from './store-settings.ts'

/** null for none. Amazon's SDK is loaded only by those who have a store: it takes 35 MB of memory. */
export async function openStore(settings: StoreSettings | null): Promise<RemoteStore | null> {
  if (!settings) return null
  const { createS3Store } = await import('./s3-store.ts')
  return createS3Store(settings)
}
