import { allows, type KeyScope } from '@trainyard/contracts'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { ForbiddenError, KeyInUrlError, RateLimitedError, UnauthenticatedError } from '../http/request-errors.ts'
import type { Access, Principal } from './key-rules.ts'
import { isSafe } from './safe-methods.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The scope that a key needs for this route; by default `read` for safe methods and `submit` for others. */
    scope?: KeyScope
  }
  interface FastifyRequest {
    /** null before authentication */
    principal: Principal | null
  }
}

const KEY_IN_URL = /(^|[?&=])ty_[\w-]{20}/

const requiredScope = ({ method, config }: { method: string; config?: { scope?: KeyScope } | undefined }): KeyScope =>
  config?.scope ?? (isSafe(method) ? 'read' : 'submit')

/** Every route of this instance needs a principal whose scope allows it. */
export const authenticate = fp<{ access: Access }>(
  async (app, { access }) => {
    app.decorateRequest('principal', null)
    const countFailure = app.createRateLimit({
      max: 30,
      timeWindow: 60_000,
      keyGenerator: ({ ip }) => `failed:${ip}`,
      allowList: () => false,
    })
    app.addHook('onRequest', async (request, reply) => {
      if (KEY_IN_URL.test(request.url)) throw new KeyInUrlError()
      request.principal = await access.authenticate(request.headers.authorization)
      if (!request.principal) {
        const hasKey = request.headers.authorization !== undefined
        const failures = hasKey ? await countFailure(request) : null
        reply.header('www-authenticate', 'Bearer realm="trainyard"')
        if (failures && !failures.isAllowed && failures.isExceeded) throw new RateLimitedError(failures.ttlInSeconds)
        throw new UnauthenticatedError({ hasKey })
      }
      const required = requiredScope({ method: request.method, config: request.routeOptions.config })
      if (!allows(request.principal.scope, required))
        throw new ForbiddenError(`This needs a key of scope ${required}, and yours has ${request.principal.scope}`)
    })
  },
  { name: 'authenticate', dependencies: ['rate-limits', 'error-handler'] },
)

type AuthenticatedRequest = Pick<FastifyRequest, 'principal'>

/** Of a request to a route behind `authenticate`. */
export function principalOf({ principal }: AuthenticatedRequest): Principal {
  if (!principal) throw new Error('A route that needs its principal is registered outside of authenticate')
  return principal
}

/** Refuses a change of what another owner has, except to admins. */
export function authorizeOwner(request: AuthenticatedRequest, owner: string | null): void {
  const { scope, owner: own } = principalOf(request)
  if (allows(scope, 'admin') || owner === own) return
  throw new ForbiddenError(`${owner === null ? 'It has no owner' : `It belongs to ${owner}`}; only its owner or an admin may change it`)
}

/** Only admins may set a priority that overtakes others. */
export function authorizePriority(request: AuthenticatedRequest, priority: number | undefined): void {
  if (priority === undefined || priority <= 0 || allows(principalOf(request).scope, 'admin')) return
  throw new ForbiddenError('A priority above 0 needs a key of scope admin; leave it out')
}
