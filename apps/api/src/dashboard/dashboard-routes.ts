import { existsSync } from 'node:fs'
import path from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/**
 * The page may run its own scripts, draw with its own styles, and ask its own origin: nothing leaves the host. WebAssembly is what resizes photos;
 * blob: is how it shows images that it has fetched with a key, or that somebody has dropped.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')
/** Vite names these after their content. */
const LASTING = `${path.sep}assets${path.sep}`

export interface DashboardDeps {
  /** Where `vite build` has put the page; null: this service has none. */
  dashboardFolder: string | null
}

/** The folder, or null where nobody has built it. */
export const builtDashboard = (folder: string): string | null => (existsSync(path.join(folder, 'index.html')) ? folder : null)

/** The files of the page at the service's address. */
export async function dashboardRoutes(app: FastifyInstance, { dashboardFolder }: DashboardDeps): Promise<void> {
  if (dashboardFolder === null) return
  await app.register(fastifyStatic, {
    root: dashboardFolder,
    wildcard: false,
    preCompressed: true,
    cacheControl: false,
    setHeaders(reply, file) {
      reply.header('content-security-policy', POLICY)
      reply.header('cache-control', file.includes(LASTING) ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
}

/** Whether somebody goes to one of the page's views, such as /experiments/latest: the page itself then looks at the address. */
export const isView = ({ method, url, headers }: Pick<FastifyRequest, 'method' | 'url' | 'headers'>): boolean =>
  method === 'GET' && (headers.accept ?? '').includes('text/html') && !/^\/(api|assets)\//.test(url)

export const sendView = (reply: FastifyReply): FastifyReply => reply.sendFile('index.html')
