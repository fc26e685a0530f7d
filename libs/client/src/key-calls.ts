import { ApiKey, ApiKeyList, AuditPage, type KeyRequest, NewApiKey } from '@trainyard/contracts'
import type { z } from 'zod'
import type { Http } from './http.ts'

/** API keys: for admins. */
export interface KeyCalls {
  /** The secret is answered here, and never again. */
  create(input: z.input<typeof KeyRequest>): Promise<NewApiKey>
  /** Oldest first, revoked ones too. */
  list(): Promise<ApiKeyList>
  revoke(id: string): Promise<ApiKey>
  /** Who changed what, newest first. */
  audit(options?: { pageSize?: number | undefined; pageToken?: string | undefined }): Promise<AuditPage>
}

export const keyCalls = (http: Http): KeyCalls => ({
  create: (body) => http.json(NewApiKey, { path: '/api/v1/keys', method: 'POST', body }),
  list: () => http.json(ApiKeyList, { path: '/api/v1/keys' }),
  revoke: (id) => http.json(ApiKey, { path: `/api/v1/keys/${encodeURIComponent(id)}`, method: 'DELETE' }),
  audit: (options) => http.json(AuditPage, { path: '/api/v1/audit', query: { ...options } }),
})
