import { ApiKey, ApiKeyList, AuditPage, type KeyRequest, NewApiKey } from '@trainyard/contracts'
import type { z } from 'zod'
import { type CallOptions, type Http, type PageOptions, queryOf } from '../http.ts'

/** API keys: for admins. */
export interface KeyCalls {
  /** The secret is answered here, and never again. */
  create(input: z.input<typeof KeyRequest>, options?: CallOptions): Promise<NewApiKey>
  /** Oldest first, revoked ones too. */
  list(options?: CallOptions): Promise<ApiKeyList>
  revoke(id: string, options?: CallOptions): Promise<ApiKey>
  /** Who changed what, newest first. */
  audit(options?: PageOptions): Promise<AuditPage>
}

export const keyCalls = (http: Http): KeyCalls => ({
  create: (body, options) => http.json(NewApiKey, { path: '/api/v1/keys', method: 'POST', body, ...options }),
  list: (options) => http.json(ApiKeyList, { path: '/api/v1/keys', ...options }),
  revoke: (id, options) => http.json(ApiKey, { path: `/api/v1/keys/${encodeURIComponent(id)}`, method: 'DELETE', ...options }),
  audit: (options = {}) => http.json(AuditPage, { path: '/api/v1/audit', ...queryOf(options) }),
})
