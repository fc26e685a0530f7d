import { createReadStream } from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json' }

/** Serves what `resolve` answers for a path: a file's name, or a text with its type; null is a 404. */
export async function serveFiles(resolve: (url: string) => { file: string } | { text: string; type: string } | null) {
  const server = createServer((request, response) => {
    const found = resolve(request.url ?? '/')
    if (!found) {
      response.writeHead(404).end()
    } else if ('text' in found) {
      response.writeHead(200, { 'content-type': found.type }).end(found.text)
    } else {
      response.writeHead(200, { 'content-type': TYPES[path.extname(found.file)] ?? 'application/octet-stream' })
      createReadStream(found.file).pipe(response)
    }
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { url: `http://127.0.0.1:${address.port}`, close: () => void server.close() }
}
