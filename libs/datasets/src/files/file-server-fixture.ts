/** For tests: serves a folder, with ranges, and does what a test wants to go wrong. */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import { join } from 'node:path'

interface ServedRequest {
  name: string
  range: string | undefined
}

export interface FileServer {
  baseUrl: string
  requests: ServedRequest[]
  /** Sends only the first `bytes` of a file from now on, and then stalls; null sends whole files again. */
  stallAfter: (limit: { name: string; bytes: number } | null) => void
  /** Breaks the connections that stall. */
  breakStalled: () => void
  close: () => void
}

export async function serveFolder(folder: string): Promise<FileServer> {
  const requests: ServedRequest[] = []
  const stalled: ServerResponse[] = []
  let limit: { name: string; bytes: number } | null = null
  const server = createServer((request, response) => {
    const name = (request.url ?? '').slice(1)
    requests.push({ name, range: request.headers.range })
    void readFile(join(folder, name)).then(
      (bytes) => {
        const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
        if (from >= bytes.length) return response.writeHead(416).end()
        const range = from > 0 ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}
        response.writeHead(from > 0 ? 206 : 200, { ...range, 'content-length': bytes.length - from })
        if (limit?.name !== name) return response.end(bytes.subarray(from))
        stalled.push(response)
        return response.write(bytes.subarray(from, from + limit.bytes))
      },
      () => response.writeHead(404).end(),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return {
    baseUrl: `http://127.0.0.1:${address.port}/`,
    requests,
    stallAfter: (wanted) => {
      limit = wanted
    },
    breakStalled: () => stalled.splice(0).forEach((response) => response.destroy()),
    close: () => server.close(),
  }
}
