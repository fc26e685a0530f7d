import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { download } from './download.mjs'

const BYTES = Buffer.from('the bytes of a file')
const hash = { algorithm: 'sha256', hex: createHash('sha256').update(BYTES).digest('hex') } as const

let folder: string
let to: string
let server: Server | undefined
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-files-'))
  to = path.join(folder, 'file')
})
afterEach(async () => {
  server?.closeAllConnections()
  server?.close()
  await rm(folder, { recursive: true })
})

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener)
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${z.object({ port: z.int() }).parse(server.address()).port}/file`
}

test('what an earlier try left is as long as the file, and is not it: it starts over', async () => {
  await writeFile(`${to}.part`, Buffer.alloc(BYTES.length))
  const ranges: (string | undefined)[] = []
  const url = await serve(({ headers: { range } }, response) => {
    ranges.push(range)
    response.writeHead(range === undefined ? 200 : 416).end(range === undefined ? BYTES : undefined)
  })
  await download({ url, to, hash })
  expect([await readFile(to), await readdir(folder), ranges]).toEqual([BYTES, ['file'], [`bytes=${BYTES.length}-`, undefined]])
})

test('another part than was asked for is refused; what is held stays', async () => {
  await writeFile(`${to}.part`, BYTES.subarray(0, 5))
  const url = await serve((_request, response) => {
    response.writeHead(206, { 'content-range': `bytes 9-${BYTES.length - 1}/${BYTES.length}` }).end(BYTES.subarray(9))
  })
  await expect(download({ url, to, hash })).rejects.toMatchObject({
    isFinal: true,
    message: 'the server sent another part than was asked for',
  })
  expect(await readFile(`${to}.part`)).toEqual(BYTES.subarray(0, 5))
})

test('`onLength` hears how much is missing, and may refuse it', async () => {
  await writeFile(`${to}.part`, BYTES.subarray(0, 5))
  const url = await serve((_request, response) => {
    const rest = BYTES.subarray(5)
    response.writeHead(206, { 'content-range': `bytes 5-${BYTES.length - 1}/${BYTES.length}`, 'content-length': rest.length }).end(rest)
  })
  const missing: number[] = []
  const refusal = new Error('no room')
  const onLength = async (bytes: number): Promise<void> => {
    missing.push(bytes)
    throw refusal
  }
  await expect(download({ url, to, hash, onLength })).rejects.toBe(refusal)
  expect(missing).toEqual([BYTES.length - 5])
})

test('an abort while bytes come — its reason, and what came is kept', async () => {
  const url = await serve((_request, response) => void response.writeHead(200).write(BYTES.subarray(0, 5)))
  const abort = new AbortController()
  const reason = new Error('enough')
  await expect(download({ url, to, hash, signal: abort.signal, onBytes: () => abort.abort(reason) })).rejects.toBe(reason)
  expect(await readFile(`${to}.part`)).toEqual(BYTES.subarray(0, 5))
})
