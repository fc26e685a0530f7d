import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Access } from './key-rules.ts'
import { HostRefusedError } from '../http/request-errors.ts'
import { isSafe } from './safe-methods.ts'

const LOCAL = String.raw`(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?`
const LOCAL_HOST = new RegExp(`^${LOCAL}$`, 'i')
const LOCAL_ORIGIN = new RegExp(`^https?://${LOCAL}$`, 'i')

/**
 * Without keys, the browser of whoever runs the service is the way in: a foreign page may point its own name at 127.0.0.1 (Host), or send a
 * form (Origin). Both are refused, but for the origins that are allowed by name. A key is not sent by a browser of itself, so it needs neither.
 */
export function refuseForeignPages(
  app: FastifyInstance,
  { access, origins }: { access: Pick<Access, 'needed'>; origins: readonly string[] },
): void {
  app.addHook('onRequest', async ({ headers, method }: FastifyRequest) => {
    // With Redis away nobody knows of keys: then as if there were none.
    if (await access.needed().catch(() => false)) return
    if (!LOCAL_HOST.test(headers.host ?? '')) throw new HostRefusedError('Host', headers.host)
    const { origin } = headers
    if (origin === undefined || isSafe(method) || LOCAL_ORIGIN.test(origin) || origins.includes(origin)) return
    throw new HostRefusedError('Origin', origin)
  })
}
