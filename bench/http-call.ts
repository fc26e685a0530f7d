import { Agent, request } from 'node:http'

/** Bare requests over kept connections: the load generator shares the machine with what it measures, so it does as little as it can. */
export function httpCaller(baseUrl: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 512 })
  const call = (options: { method?: string; path: string; body?: string }): Promise<{ status: number; text: string }> =>
    new Promise((resolve, reject) => {
      const { method = 'GET', path, body } = options
      const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
      const sent = request(`${baseUrl}${path}`, { method, agent, headers }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (part: string) => (text += part))
        response.once('end', () => resolve({ status: response.statusCode ?? 0, text })).once('error', reject)
      })
      sent.once('error', reject).end(body)
    })
  return { call, close: () => agent.destroy() }
}
