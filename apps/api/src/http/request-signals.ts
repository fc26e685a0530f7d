import type { FastifyInstance, FastifyReply } from 'fastify'

/** For requests that wait: a signal that aborts when the client disconnects or the service closes. */
export function createWaitSignals(app: FastifyInstance): (reply: FastifyReply) => AbortSignal {
  const open = new Set<AbortController>()
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
    for (const wait of open) wait.abort()
  })
  return ({ raw }) => {
    const wait = new AbortController()
    open.add(wait)
    raw.once('close', () => {
      open.delete(wait)
      wait.abort()
    })
    if (raw.destroyed || closing) wait.abort()
    return wait.signal
  }
}
