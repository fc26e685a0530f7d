import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startHealthFile } from './health-file.ts'

let folder: string
beforeEach(async () => void (folder = await mkdtemp(path.join(os.tmpdir(), 'health-'))))
afterEach(() => rm(folder, { recursive: true, force: true }))

const onError = (error: unknown): never => {
  throw error
}

test('startHealthFile() — holds when the worker was last well', async () => {
  const file = path.join(folder, 'health')
  const began = new Date().toISOString()
  await startHealthFile({ file, unhealthyReason: () => null, onError }).stop()
  expect((await readFile(file, 'utf8')).trim() >= began).toBe(true)
})

test('startHealthFile() — a worker that refuses experiments leaves it as it is, so that its container is found unhealthy', async () => {
  const file = path.join(folder, 'health')
  await startHealthFile({ file, unhealthyReason: () => 'Its training process crashed', onError }).stop()
  expect(existsSync(file)).toBe(false)
})
