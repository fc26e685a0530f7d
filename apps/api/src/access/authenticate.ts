import { allows, type KeyScope } from '@trainyard/contracts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Access, Caller } from './key-rules.ts'
import { ForbiddenError, KeyInUrlError, RateLimitedError, UnauthenticatedError } from '../http/request-errors.ts'
import { isSafe } from './safe-methods.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a key must allow for this route; by default `read` to look and `submit` to change. */
    scope?: KeyScope
  }
  interface FastifyRequest {
    /** null outside the routes that may need a key, and before it is known. */
    caller: Caller | null
  }
}

const LOOKS_LIKE_A_KEY = /(^|[?&=])ty_[\w-]{20}/

/** What a route asks of a key. */
const scopeOf = ({ method, config }: { method: string; config?: { scope?: KeyScope } | undefined }): KeyScope =>
  config?.scope ?? (isSafe(method) ? 'read' : 'submit')

/** Every route that is registered on this instance answers only who may call it. */
export function requireKey(app: FastifyInstance, access: Access): void {
  const countFailure = app.createRateLimit({
    max: 30,
    timeWindow: 60_000,
    keyGenerator: ({ ip }) => `failed:${ip}`,
    allowList: () => false,
  })
  app.addHook('onRequest', async (request, reply) => {
    if (LOOKS_LIKE_A_KEY.test(request.url)) throw new KeyInUrlError()
    request.caller = await access.callerOf(request.headers.authorization)
    if (!request.caller) {
      const failures = request.headers.authorization === undefined ? null : await countFailure(request)
      reply.header('www-authenticate', 'Bearer realm="trainyard"')
      if (failures && !failures.isAllowed && failures.isExceeded) throw new RateLimitedError(failures.ttlInSeconds)
      throw new UnauthenticatedError(request.headers.authorization !== undefined)
    }
    const wanted = scopeOf({ method: request.method, config: request.routeOptions.config })
    if (!allows(request.caller.scope, wanted))
      throw new ForbiddenError(`This needs a key of scope ${wanted}, and yours has ${request.caller.scope}`)
  })
}

type CallingRequest = Pick<FastifyRequest, 'caller'>

/** Whose request it is; every route behind `requireKey` has one. */
export function callerOf({ caller }: CallingRequest): Caller {
  if (!caller) throw new Error('A route that asks for its caller is registered outside of requireKey')
  return caller
}

/** Refuses a change of what belongs to somebody else, but to admins. */
export function assertMayChange(request: CallingRequest, owner: string | null): void {
  const { scope, owner: own } = callerOf(request)
  if (allows(scope, 'admin') || owner === own) return
  throw new ForbiddenError(`It belongs to ${owner ?? 'nobody'}; only its owner or an admin may change it`)
}

/** What runs before everybody else's is the admins' to say. */
export function assertMayPrioritise(request: CallingRequest, priority: number | undefined): void {
  if (priority === undefined || priority <= 0 || allows(callerOf(request).scope, 'admin')) return
  throw new ForbiddenError('A priority above 0 needs a key of scope admin; leave it out')
}
