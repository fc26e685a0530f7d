import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { freePort } from '@trainyard/testing/services/free-port'
import { poll } from '@trainyard/testing/inputs/poll'

const SERVER = path.join(import.meta.dirname, '..', 'apps', 'api', 'src', 'server.ts')

/** One API process over a Redis, and nothing else; it logs only errors. */
export async function startApi(redisUrl: string, more: NodeJS.ProcessEnv = {}): Promise<{ url: string; stop: () => Promise<void> }> {
  const data = await mkdtemp(path.join(os.tmpdir(), 'trainyard-bench-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const env = { ...process.env, REDIS_URL: redisUrl, TRAINYARD_PORT: String(port), TRAINYARD_DATA: data, LOG_LEVEL: 'warn', ...more }
  const child = spawn(process.execPath, [SERVER], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await poll(async () => (await fetch(`${url}/livez`)).ok || Promise.reject(new Error('not up yet')), { timeoutMs: 30_000 })
  return {
    url,
    async stop() {
      child.kill('SIGTERM')
      await ended
      await rm(data, { recursive: true, force: true })
    },
  }
}
