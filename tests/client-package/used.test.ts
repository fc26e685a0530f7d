import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chromiumExecutable, startChromium } from '@trainyard/testing/services/chromium'
import { freePort } from '@trainyard/testing/services/free-port'
import { type Service, startService, stopAndRemove } from '@trainyard/testing/services/service'
import { packClient, type PackedClient } from './packed-client.ts'

const run = promisify(execFile)
const executable = chromiumExecutable()
const REQUEST = { dataset: 'synthetic-flowers', imageSize: 16, depth: 1, width: 32, lr: 0.01, epochs: 4 }

/** What a user's program does: submits, watches to the end, and meets a refusal. The same text runs in Node and in a page. */
const PROGRAM = `
export async function useClient({ createClient, isProblem }, baseUrl) {
  const client = createClient({ baseUrl })
  const { id } = await client.experiments.submit(${JSON.stringify(REQUEST)})
  const epochs = []
  for await (const { epoch, loss } of client.experiments.watch(id)) epochs.push({ epoch, loss })
  const { state } = await client.experiments.get(id)
  const refused = await client.experiments.get('nothing').catch((error) => isProblem(error, 'EXPERIMENT_NOT_FOUND') && error.problem.status)
  const away = await createClient({ baseUrl: 'http://127.0.0.1:1' }).ready().catch((error) => error.code)
  return { id, epochs, state, refused, away }
}
`

let client: PackedClient
let service: Service
let site: Server
let siteUrl: string
beforeAll(async () => {
  const port = await freePort()
  siteUrl = `http://127.0.0.1:${port}`
  client = await packClient()
  await writeFile(path.join(client.project, 'program.mjs'), PROGRAM)
  site = createServer((request, reply) => {
    const { pathname } = new URL(request.url ?? '/', siteUrl)
    const type = pathname === '/' ? 'text/html' : 'text/javascript'
    const content = pathname === '/' ? Promise.resolve(PAGE) : readFile(path.join(client.project, pathname))
    content.then(
      (found) => reply.setHeader('content-type', type).end(found),
      () => reply.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => site.listen(port, '127.0.0.1', resolve))
  service = await startService({ env: { TRAINYARD_CORS_ORIGINS: siteUrl } })
})
afterAll(async () => {
  site.close()
  site.closeAllConnections()
  await stopAndRemove(service)
  await client.remove()
})

/** A page without a bundler: an import map says where the packages lie. */
const PAGE = `<!doctype html><title>client</title><link rel="icon" href="data:,"><script type="importmap">{ "imports": {
  "@trainyard/client": "/node_modules/@trainyard/client/client/src/index.js",
  "zod": "/node_modules/zod/index.js",
  "eventsource-parser": "/node_modules/eventsource-parser/dist/index.js",
  "eventsource-parser/stream": "/node_modules/eventsource-parser/dist/stream.js"
} }</script>`

function expectUsed(result: { id: string; epochs: { epoch: number; loss: number }[] }, losses: unknown[]): void {
  expect(result).toMatchObject({ state: 'completed', refused: 404, away: 'API_UNREACHABLE' })
  expect(result.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4])
  expect(result.epochs.map(({ loss }) => loss)).toEqual(losses)
}

async function lossesOf(id: string): Promise<number[]> {
  const { items }: { items: { loss: number }[] } = await (await fetch(`${service.url}/api/v1/experiments/${id}/epochs`)).json()
  return items.map(({ loss }) => loss)
}

// the host's own Node as well: users need not have ours
test.each([
  ['our Node', process.execPath],
  ["the host's Node", 'node'],
])('%s — the package as installed, without TypeScript', async (_whose, node) => {
  const main = `import * as client from '@trainyard/client'
import { useClient } from './program.mjs'
console.log(JSON.stringify(await useClient(client, ${JSON.stringify(service.url)})))`
  await writeFile(path.join(client.project, 'main.mjs'), main)
  const { stdout } = await run(node, ['main.mjs'], { cwd: client.project })
  const result = JSON.parse(stdout)
  expectUsed(result, await lossesOf(result.id))
})

test.skipIf(executable === null)('a page of another site that the service allows, in Chromium', async () => {
  const browser = await startChromium(executable ?? '')
  try {
    const page = await browser.newPage()
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    await page.goto(siteUrl)
    const used = `Promise.all([import('/program.mjs'), import('@trainyard/client')]).then(([program, client]) => program.useClient(client, ${JSON.stringify(service.url)}))`
    // as text: what vitest makes of a function would not run there
    const result: { id: string; epochs: { epoch: number; loss: number }[] } = await page.evaluate(used)
    expectUsed(result, await lossesOf(result.id))
    expect(faults).toEqual([])
  } finally {
    await browser.close()
  }
})
