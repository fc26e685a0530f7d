import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire, stripTypeScriptTypes } from 'node:module'
import path from 'node:path'

const ROOT = path.join(import.meta.dirname, '..', '..')
const INFERENCE = path.join(ROOT, 'libs', 'inference', 'src')
const TFJS = path.join(path.dirname(createRequire(path.join(INFERENCE, 'index.ts')).resolve('@tensorflow/tfjs/package.json')), 'dist')

const PAGE = `<!doctype html><title>models</title><link rel="icon" href="data:,"><script src="/tfjs/tf.min.js"></script>`
const TYPES: Record<string, string> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.ts': 'text/javascript',
  '.json': 'application/json',
}

export interface ModelSite {
  url: string
  close: () => Promise<void>
}

/** A site of the models in `folder`, with tfjs's browser bundle and libs/inference as a browser gets them: without types. */
export async function startModelSite(folder: string): Promise<ModelSite> {
  const rooms: Record<string, string> = { tfjs: TFJS, inference: INFERENCE, models: folder, page: import.meta.dirname }
  const server = createServer((request, reply) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site')
    const [, room = '', ...rest] = pathname.split('/')
    const content = room === '' ? Promise.resolve(PAGE) : contentOf(path.join(rooms[room] ?? '', ...rest))
    const type = room === '' ? 'text/html' : (TYPES[path.extname(pathname)] ?? 'application/octet-stream')
    content.then(
      (found) => reply.setHeader('content-type', type).end(found),
      () => reply.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The site has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function contentOf(file: string): Promise<string | Buffer> {
  return file.endsWith('.ts') ? stripTypeScriptTypes(await readFile(file, 'utf8')) : readFile(file)
}
