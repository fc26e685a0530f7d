import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { openArtifacts, openStore } from '@trainyard/artifacts'
import { ERRORS, ExpectedError } from '@trainyard/contracts'
import { connectRedis } from '@trainyard/jobs'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { z } from 'zod'
import { createLog } from './log.ts'
import { startWorker } from './worker.ts'
import { readWorkerConfig } from './worker-config.ts'

const LEAVE_WITHIN_MS = 28_000
const apps = path.join(import.meta.dirname, '..', '..')

async function work(): Promise<void> {
  const { redisUrl, store, logLevel, ...config } = readWorkerConfig(process.env)
  const log = createLog(logLevel)
  const redis = connectRedis(redisUrl, { name: 'trainyard-worker', whenDown: 'wait' })
  tellOfConnection(redis, log)
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(await readFile(path.join(apps, '..', 'package.json'), 'utf8')))
  const artifacts = openArtifacts(config.dataFolder, await openStore(store))
  const worker = await startWorker({ ...config, artifacts, redis, trainerPath: path.join(apps, 'trainer', 'src', 'main.ts'), version, log })
  const leave = leaveOnce(async () => {
    await worker.drain()
    redis.disconnect()
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, leave)
  void worker.drainWish.then(leave)
}

/** Drains when it is first called for; at a signal after that, or when draining takes too long, leaves at once: the lease then runs out. */
function leaveOnce(drain: () => Promise<void>): () => void {
  let leaving = false
  return () => {
    if (leaving) return
    leaving = true
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.removeAllListeners(signal).once(signal, () => process.exit(1))
    setTimeout(() => process.exit(0), LEAVE_WITHIN_MS).unref()
    drain().then(() => process.exit(0), fail)
  }
}

/** Says once that Redis is away, and once that it is back. */
function tellOfConnection(redis: Redis, log: Logger): void {
  let told: 'away' | 'there' | null = null
  redis.on('close', () => {
    if (told !== 'away') log.warn('Redis cannot be reached; what runs goes on, and is written down once Redis is back')
    told = 'away'
  })
  redis.on('ready', () => {
    if (told === 'away') log.info('Redis is back')
    told = 'there'
  })
}

function fail(error: unknown): never {
  const foreseen = error instanceof ExpectedError
  process.stderr.write(`${foreseen ? error.message : `The worker stopped for a reason that was not foreseen: ${String(error)}`}\n`)
  process.exit(ERRORS[foreseen ? error.code : 'INTERNAL'].exitCode)
}

try {
  await work()
} catch (error) {
  fail(error)
}
