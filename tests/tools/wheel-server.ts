import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

export interface WheelServer {
  /** Base of its "simple" index; the file itself is at `<base>/files/<name>`. */
  base: string
  sha256: string
  /** The Range header of each request for the file, `null` where there was none. */
  ranges: (string | null)[]
  /** The client says here how many bytes it has; a connection is broken off when it has all that was sent. */
  received: (bytes: number) => void
  stop(): Promise<void>
}

interface Options {
  name: string
  bytes: Buffer
  /** The number of first answers that break off after half of what they should send. */
  breaksOff?: number
  ranges?: boolean
}

/** A package index with one file, on a free port of this host. */
export async function startWheelServer({ name, bytes, breaksOff = 0, ranges: honoursRanges = true }: Options): Promise<WheelServer> {
  const ranges: (string | null)[] = []
  let breakOff: { at: number; response: ServerResponse } | null = null
  const sendFile = (request: IncomingMessage, response: ServerResponse): void => {
    ranges.push(request.headers.range ?? null)
    const start = honoursRanges ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0
    if (start >= bytes.length) return void response.writeHead(416).end()
    const body = bytes.subarray(start)
    const contentRange = `bytes ${start}-${bytes.length - 1}/${bytes.length}`
    response.writeHead(start > 0 ? 206 : 200, { 'content-length': body.length, ...(start > 0 ? { 'content-range': contentRange } : {}) })
    if (ranges.length > breaksOff) response.end(body)
    else {
      const half = Math.floor(body.length / 2)
      breakOff = { at: start + half, response }
      response.write(body.subarray(0, half))
    }
  }
  const server = createServer((request, response) => {
    if (request.url === `/files/${name}`) sendFile(request, response)
    else if (request.url === '/simple/flowers/') response.end(`<a href="../../files/${name}#sha256=0">${name}</a>`)
    else response.writeHead(404).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (!address || typeof address !== 'object') throw new Error('no port')
  return {
    base: `http://127.0.0.1:${address.port}`,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    ranges,
    received: (done) => {
      if (breakOff && done >= breakOff.at) breakOff.response.destroy()
    },
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
