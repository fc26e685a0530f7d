import fp from 'fastify-plugin'
import { HostRefusedError } from '../http/request-errors.ts'
import type { Access } from './key-rules.ts'
import { isSafe } from './safe-methods.ts'

const LOCAL = String.raw`(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?`
const LOCAL_HOST = new RegExp(`^${LOCAL}$`, 'i')
const LOCAL_ORIGIN = new RegExp(`^https?://${LOCAL}$`, 'i')

/**
 * Without keys, the operator's own browser can be used against the service: a page of another site may resolve its name to 127.0.0.1 (DNS
 * rebinding: Host), or send a form (CSRF: Origin). Both are refused, except for the allowed origins. A browser does not send a key by itself, so
 * with keys neither is needed.
 */
export const hostCheck = fp<{ access: Pick<Access, 'needed'>; origins: readonly string[] }>(
  async (app, { access, origins }) => {
    app.addHook('onRequest', async ({ headers, method }) => {
      // With Redis away it is unknown whether there are keys: then as if there were none.
      if (await access.needed().catch(() => false)) return
      if (!LOCAL_HOST.test(headers.host ?? '')) throw new HostRefusedError('Host', headers.host)
      const { origin } = headers
      if (origin === undefined || isSafe(method) || LOCAL_ORIGIN.test(origin) || origins.includes(origin)) return
      throw new HostRefusedError('Origin', origin)
    })
  },
  { name: 'host-check', dependencies: ['error-handler'] },
)
