import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { isView, sendView } from '../dashboard/dashboard-routes.ts'
import { MethodNotAllowedError, RouteNotFoundError } from './request-errors.ts'

/** What no route takes: 405 where the path has other methods; the dashboard where a browser opens one of its views; else 404. */
export const notFound = fp<{ hasDashboard: boolean }>(
  async (app, { hasDashboard }) => {
    const routes = new Map<string, { pattern: RegExp; methods: Set<string> }>()
    app.addHook('onRoute', ({ url, method }) => {
      const route = routes.get(url) ?? { pattern: patternOf(url), methods: new Set() }
      for (const each of [method].flat()) route.methods.add(each)
      routes.set(url, route)
    })
    /** Throws, except for a view of the dashboard. */
    function refuse(request: FastifyRequest, reply: FastifyReply): void {
      const path = request.url.split('?')[0] ?? ''
      const allowed = new Set([...routes.values()].flatMap(({ pattern, methods }) => (pattern.test(path) ? [...methods] : [])))
      if (allowed.size === 0 && hasDashboard && isView(request)) return
      if (allowed.size === 0) throw new RouteNotFoundError(request.method, path)
      reply.header('allow', [...allowed].sort().join(', '))
      throw new MethodNotAllowedError(request.method, path)
    }
    app.setNotFoundHandler((request, reply) => {
      refuse(request, reply)
      return sendView(reply)
    })
    // before the body is read in vain
    app.addHook('onRequest', async (request, reply) => {
      if (request.is404) refuse(request, reply)
    })
  },
  { name: 'not-found' },
)

/** `/experiments/:id` as a pattern of paths. */
function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)))
  return new RegExp(`^${parts.join('/')}$`)
}
