import type { FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** How long a request may take to come in, body and all; by default a minute. */
    receiveWithinMs?: number
  }
}

const RECEIVE_WITHIN_MS = 60_000
/** What a route may ask for at most: Node itself holds every request to it. */
export const LONGEST_RECEIVE_MS = 3_600_000

/** Cuts off who sends a body more slowly than its route allows: connections are few. To be called before any route is registered. */
export function limitReceiving(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ raw, headers, routeOptions }) => {
    if (headers['transfer-encoding'] === undefined && headers['content-length'] === undefined) return
    const cutOff = (): void => void (raw.complete || raw.destroy())
    const late = setTimeout(cutOff, routeOptions.config.receiveWithinMs ?? RECEIVE_WITHIN_MS).unref()
    raw.once('close', () => clearTimeout(late))
  })
}
