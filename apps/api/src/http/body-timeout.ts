import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** How long a request may take to arrive, body included; by default a minute. */
    bodyTimeoutMs?: number
  }
}

const DEFAULT_BODY_TIMEOUT_MS = 60_000
/** The most that a route may set: Node itself holds every request to it. */
export const MAX_BODY_TIMEOUT_MS = 3_600_000

/** Cuts off a client that sends its body more slowly than the route allows: connections are few. */
export const bodyTimeout = fp(
  async (app) => {
    app.addHook('onRequest', async ({ raw, headers, routeOptions }) => {
      if (headers['transfer-encoding'] === undefined && headers['content-length'] === undefined) return
      const cutOff = (): void => void (raw.complete || raw.destroy())
      const timer = setTimeout(cutOff, routeOptions.config.bodyTimeoutMs ?? DEFAULT_BODY_TIMEOUT_MS).unref()
      raw.once('close', () => clearTimeout(timer))
    })
  },
  { name: 'body-timeout' },
)
