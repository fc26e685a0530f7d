import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { openArtifacts } from '@trainyard/artifacts'
import { CONFIG_VERSION, type WorkerInfo } from '@trainyard/contracts'
import { type AttemptWriter, connectRedis, createAttemptStore, createAttemptWriter, createJobConsumer } from '@trainyard/jobs'
import { pino } from 'pino'
import { poll } from '@trainyard/testing/inputs/poll'
import { startRedis } from '@trainyard/testing/redis/redis-process'
import { createAccess } from './access/key-rules.ts'
import { buildApp } from './app.ts'
import type { DiskSpace } from '@trainyard/planning'
import { createEventStreams } from './results/event-streams.ts'
import { startServices } from './services.ts'

const GIB = 2 ** 30

const LIMITS = { parameters: 1e10, datasetBytes: 16 * GIB, weightsBytes: 2 * GIB }

interface TestApiOptions {
  adminKey?: string | null
  origins?: readonly string[]
  limits?: typeof LIMITS
  dashboardFolder?: string | null
  /** Where the app reaches its Redis, in place of Redis's own address. */
  through?: (redisUrl: string) => Promise<string>
}

/** The app as server.ts builds it, over a Redis of its own; the test sets the disk's space. */
export async function startTestApi({
  adminKey = null,
  origins = [],
  limits = LIMITS,
  dashboardFolder = null,
  through,
}: TestApiOptions = {}) {
  const server = await startRedis()
  const redis = connectRedis(through ? await through(server.url) : server.url, { name: 'test-api', whenDown: 'fail' })
  const disk: DiskSpace = { freeBytes: 100 * GIB, totalBytes: 200 * GIB }
  const log: string[] = []
  const logger = pino({ level: 'info' }, { write: (line) => void log.push(line) })
  const onError = (error: unknown): void => logger.warn({ err: error }, 'background work failed')
  const data = await mkdtemp(path.join(os.tmpdir(), 'trainyard-api-'))
  const artifacts = openArtifacts(data)
  const services = startServices({ redis, artifacts, onError })
  const { store, workers, keys, sweeps } = services
  const app = await buildApp({
    ...services,
    origins,
    limits,
    access: createAccess({ keys, adminKey, onLoopback: true }),
    dashboardFolder,
    streams: createEventStreams({ drainTimeoutMs: 10_000 }),
    diskSpace: async () => disk,
    logger,
  })
  return {
    app,
    server,
    redis,
    store,
    workers,
    artifacts,
    keys,
    sweeps,
    disk,
    log,
    async stop() {
      await app.close()
      await services.stop()
      await server.stop()
      await rm(data, { recursive: true, force: true })
    },
  }
}
export type TestApi = Awaited<ReturnType<typeof startTestApi>>

export function testWorker(fields: Partial<WorkerInfo> = {}): Omit<WorkerInfo, 'lastHeartbeatAt'> {
  return {
    id: 'worker-1',
    host: 'here',
    pid: 1,
    version: '0.1.0',
    configVersion: CONFIG_VERSION,
    pools: ['default'],
    engine: null,
    speed: null,
    memoryBytes: 8 * GIB,
    slots: [{ slot: 1, experimentId: null, trainer: 'idle', gpu: null }],
    gpus: [],
    cachedSplits: [],
    draining: false,
    unhealthyReason: null,
    startedAt: '2026-01-01T00:00:00.000Z',
    ...fields,
  }
}

/** Takes the next experiment of a pool, as a worker does; what the attempt writes is up to the test. */
export async function claimNext(
  { server }: TestApi,
  pool: string,
): Promise<{ id: string; attempt: AttemptWriter; leave: () => Promise<void> }> {
  const redis = connectRedis(server.url, { name: 'test-worker', whenDown: 'wait' })
  const source = createJobConsumer({ redis, pools: [pool], onError: () => {} })
  const job = await poll(async () => (await source.next()) ?? Promise.reject(new Error(`nothing waits in pool ${pool}`)), {
    timeoutMs: 20_000,
  })
  const claim = await createAttemptStore({ redis }).claim({ id: job.id, dispatch: job.dispatch, token: randomUUID(), workerId: 'worker-1' })
  if (!claim) throw new Error(`the job of ${job.id} is stale`)
  return {
    id: job.id,
    attempt: createAttemptWriter({ redis, claim }),
    async leave() {
      await job.done()
      await source.close()
      redis.disconnect()
    },
  }
}
