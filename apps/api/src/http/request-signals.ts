import type { FastifyInstance, FastifyReply } from 'fastify'

/** For requests that wait: a signal that aborts when the client has gone, or when the service closes and can wait no longer. */
export function createWaitSignals(app: FastifyInstance): (reply: FastifyReply) => AbortSignal {
  const open = new Set<AbortController>()
  app.addHook('preClose', async () => {
    for (const wait of open) wait.abort()
  })
  return ({ raw }) => {
    const wait = new AbortController()
    open.add(wait)
    raw.once('close', () => {
      open.delete(wait)
      wait.abort()
    })
    if (raw.destroyed) wait.abort()
    return wait.signal
  }
}
