import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isView, sendView } from '../dashboard/dashboard-routes.ts'
import { MethodNotAllowedError, RouteNotFoundError } from './request-errors.ts'

/**
 * What no route takes: 405 with the methods that the path has, where it has any; the dashboard where a browser goes to one of its views; else 404.
 * To be called before any route is registered.
 */
export function answerUnknownRoutes(app: FastifyInstance, { hasDashboard }: { hasDashboard: boolean }): void {
  const routes = new Map<string, { pattern: RegExp; methods: Set<string> }>()
  app.addHook('onRoute', ({ url, method }) => {
    const route = routes.get(url) ?? { pattern: patternOf(url), methods: new Set() }
    for (const each of [method].flat()) route.methods.add(each)
    routes.set(url, route)
  })
  /** Throws, but for what the dashboard shows. */
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
  // before a body is read that nobody will look at
  app.addHook('onRequest', async (request, reply) => {
    if (request.is404) refuse(request, reply)
  })
}

/** `/experiments/:id` as a pattern of paths. */
function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)))
  return new RegExp(`^${parts.join('/')}$`)
}
