import { existsSync } from 'node:fs'
import path from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

/**
 * The page may run its own scripts and styles and request its own origin: nothing leaves the host. WebAssembly resizes images; blob: URLs show
 * images that were fetched with a key or dropped by the user.
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
/** Vite names these after the hash of their content. */
const IMMUTABLE = `${path.sep}assets${path.sep}`

export interface DashboardDeps {
  /** Vite's output; null: this service has no dashboard. */
  dashboardFolder: string | null
}

/** The folder, or null where it is not built. */
export const builtDashboard = (folder: string): string | null => (existsSync(path.join(folder, 'index.html')) ? folder : null)

/** The dashboard's files, at the service's root. */
export const dashboard = fp<DashboardDeps>(
  async (app, { dashboardFolder }) => {
    if (dashboardFolder === null) return
    await app.register(fastifyStatic, {
      root: dashboardFolder,
      wildcard: false,
      preCompressed: true,
      cacheControl: false,
      setHeaders(reply, file) {
        reply.header('content-security-policy', POLICY)
        reply.header('cache-control', file.includes(IMMUTABLE) ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
  },
  { name: 'dashboard', dependencies: ['security-headers', 'not-found'] },
)

/** Whether a browser opens one of the dashboard's views, such as /experiments/latest: the page itself then reads the URL. */
export const isView = ({ method, url, headers }: Pick<FastifyRequest, 'method' | 'url' | 'headers'>): boolean =>
  method === 'GET' && (headers.accept ?? '').includes('text/html') && !/^\/(api|assets)\//.test(url)

export const sendView = (reply: FastifyReply): FastifyReply => reply.sendFile('index.html')
