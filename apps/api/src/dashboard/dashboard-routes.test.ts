import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApi, type TestApi } from '../test-service.ts'

const PAGE = '<!doctype html><title>the page</title>'
const SCRIPT = 'export const answer = 42'
const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

let folder: string
let api: TestApi
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-page-'))
  await mkdir(path.join(folder, 'assets'))
  await writeFile(path.join(folder, 'index.html'), PAGE)
  await writeFile(path.join(folder, 'assets', 'app-1a2b.js'), SCRIPT)
  await writeFile(path.join(folder, 'assets', 'app-1a2b.js.br'), brotliCompressSync(SCRIPT))
  api = await startTestApi({ dashboardFolder: folder })
})
afterAll(async () => {
  await api.stop()
  await rm(folder, { recursive: true })
})

describe('the page at the service’s address', () => {
  test.each(['/', '/experiments/latest', '/compare?ids=a,b'])(
    '%s — the page, with a policy that lets nothing leave the host',
    async (url) => {
      const { statusCode, headers, body } = await api.app.inject({ url, headers: browser })
      expect({ statusCode, body }).toEqual({ statusCode: 200, body: PAGE })
      expect(headers['content-type']).toContain('text/html')
      expect(headers['cache-control']).toBe('no-cache')
      expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'")
      expect(headers['content-security-policy']).toContain("connect-src 'self'")
      expect(headers['content-security-policy']).not.toMatch(/unsafe-inline|unsafe-eval'? |https?:|\*/)
    },
  )

  test('a script — compressed where the browser can, and for good: its name is its content’s', async () => {
    const { headers, rawPayload } = await api.app.inject({ url: '/assets/app-1a2b.js', headers: { 'accept-encoding': 'br' } })
    expect(headers).toMatchObject({ 'content-encoding': 'br', 'cache-control': 'public, max-age=31536000, immutable' })
    expect(rawPayload.equals(brotliCompressSync(SCRIPT))).toBe(true)
  })

  test('what is no view stays a problem: other methods, programs, the API’s own paths, files that are not there', async () => {
    const cases = [
      { method: 'POST', url: '/experiments/latest', headers: browser },
      { method: 'GET', url: '/experiments/latest', headers: { accept: 'application/json' } },
      { method: 'GET', url: '/api/v1/nothing', headers: browser },
      { method: 'GET', url: '/assets/old.js', headers: browser },
    ] as const
    for (const request of cases) expect((await api.app.inject(request)).json()).toMatchObject({ code: 'ROUTE_NOT_FOUND' })
  })

  test('the API’s answers keep their own policy', async () => {
    const { headers } = await api.app.inject('/livez')
    expect(headers['content-security-policy']).toBe("default-src 'none';frame-ancestors 'none'")
  })
})

test('without a built page there is none', async () => {
  const bare = await startTestApi()
  expect((await bare.app.inject({ url: '/', headers: browser })).json()).toMatchObject({ code: 'ROUTE_NOT_FOUND' })
  await bare.stop()
})
