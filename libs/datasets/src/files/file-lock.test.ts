import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withFileLock } from './file-lock.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-lock-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Another process that holds the lock until it is killed. */
async function holdElsewhere(file: string): Promise<ChildProcess> {
  const script = `
    import { withFileLock } from ${JSON.stringify(new URL('./file-lock.ts', import.meta.url).href)}
    await withFileLock({ file: ${JSON.stringify(file)} }, async () => {
      process.stdout.write('held')
      await new Promise(() => process.stdin.resume())
    })`
  const holder = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(holder.stdout, 'data')
  return holder
}

test('withFileLock() — waits for another process, and goes on when that one is killed', async () => {
  const file = join(folder, 'lock')
  const holder = await holdElsewhere(file)
  const order: string[] = []
  const waits = Promise.withResolvers<void>()
  const waiting = withFileLock({ file, onWait: () => waits.resolve() }, async () => order.push('entered'))
  const stopped = new AbortController()
  const refused = withFileLock({ file, signal: stopped.signal }, async () => order.push('never'))
  stopped.abort()
  await expect(refused).rejects.toThrow(/aborted/)
  await waits.promise
  order.push('killed')
  holder.kill('SIGKILL')
  await waiting
  expect(order).toEqual(['killed', 'entered'])
})

test('withFileLock() — unlocks when the work fails', async () => {
  const file = join(folder, 'deep', 'lock')
  await expect(withFileLock({ file }, () => Promise.reject(new Error('broke')))).rejects.toThrow('broke')
  expect(await withFileLock({ file }, async () => 'next')).toBe('next')
})
