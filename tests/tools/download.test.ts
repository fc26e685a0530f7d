import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { downloadWheel } from '../../tools/setup/wheels/download.mjs'
import { fetchWheel } from '../../tools/setup/wheels/fetch-wheel.mjs'
import { startWheelServer, type WheelServer } from './wheel-server.ts'

const name = 'flowers-1.0-py3-none-any.whl'
const bytes = randomBytes(400_000)

let folder: string
let to: string
let server: WheelServer | undefined
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-download-'))
  to = path.join(folder, name)
})
afterEach(async () => {
  await server?.stop()
  await rm(folder, { recursive: true })
})

async function downloadFrom({ base, sha256, received }: WheelServer, onBytes: (done: number) => void = received): Promise<Buffer> {
  await downloadWheel({ url: `${base}/files/${name}`, to, sha256, onBytes })
  return readFile(to)
}

test('downloadWheel() — resumes after a broken connection', async () => {
  const { received } = (server = await startWheelServer({ name, bytes, breaksOff: 2 }))
  let last = 0
  const onBytes = (done: number) => received((last = done))
  expect((await downloadFrom(server, onBytes)).equals(bytes)).toBe(true)
  expect(server.ranges).toEqual([null, 'bytes=200000-', 'bytes=300000-'])
  expect(last).toBe(bytes.length)
})

test('downloadWheel() — resumes what an earlier run left', async () => {
  await writeFile(`${to}.part`, bytes.subarray(0, 123_456))
  server = await startWheelServer({ name, bytes })
  expect((await downloadFrom(server)).equals(bytes)).toBe(true)
  expect(server.ranges).toEqual(['bytes=123456-'])
})

test('downloadWheel() — starts over where the server knows no ranges', async () => {
  await writeFile(`${to}.part`, bytes.subarray(0, 123_456))
  server = await startWheelServer({ name, bytes, ranges: false })
  expect((await downloadFrom(server)).equals(bytes)).toBe(true)
})

test('downloadWheel() — all of it is there already, only the renaming was missed', async () => {
  await writeFile(`${to}.part`, bytes)
  server = await startWheelServer({ name, bytes })
  expect((await downloadFrom(server)).equals(bytes)).toBe(true)
})

test('downloadWheel() — the wrong checksum: an error, and nothing of it is kept', async () => {
  server = await startWheelServer({ name, bytes })
  const wrong = { ...server, sha256: '0'.repeat(64) }
  await expect(downloadFrom(wrong)).rejects.toThrow(/are not flowers-1\.0-py3-none-any\.whl \(wrong SHA-256\), and were removed/)
  expect(existsSync(to) || existsSync(`${to}.part`)).toBe(false)
})

test('downloadWheel() — a connection that breaks at every attempt: an error, and what came is kept', async () => {
  server = await startWheelServer({ name, bytes, breaksOff: Number.POSITIVE_INFINITY })
  await expect(downloadFrom(server)).rejects.toThrow(/broke off .* what came is kept, so run this again/)
  expect((await readFile(`${to}.part`)).equals(bytes.subarray(0, 375_000))).toBe(true)
})

const contextOf = (index: string) => ({
  cache: folder,
  env: { TRAINYARD_WHEEL_INDEX: index },
  log: path.join(folder, 'setup.log'),
  announce: <T>(_title: string, work: (report: (detail: string) => void) => Promise<T>) => work(() => {}),
})

test('fetchWheel() — finds the file in the index, and requests nothing when it has it', async () => {
  server = await startWheelServer({ name, bytes })
  const wheel = { project: 'flowers', version: '1.0', file: name, sha256: server.sha256, bytes: bytes.length }
  const context = contextOf(`${server.base}/simple`)
  const file = await fetchWheel(wheel, context)
  expect((await readFile(file)).equals(bytes)).toBe(true)
  expect(await fetchWheel(wheel, context)).toBe(file)
  expect(server.ranges).toHaveLength(1)
})

test('fetchWheel() — no network: one sentence that names the index', async () => {
  const wheel = { project: 'flowers', version: '1.0', file: name, sha256: '0'.repeat(64), bytes: bytes.length }
  await expect(fetchWheel(wheel, contextOf('http://127.0.0.1:1/simple'))).rejects.toThrow(
    /^flowers 1\.0 could not be downloaded: the package index at http:\/\/127\.0\.0\.1:1\/simple\/flowers\/ cannot be reached \(.*\)$/,
  )
})
