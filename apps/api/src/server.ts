import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { openArtifacts, openStore } from '@trainyard/artifacts'
import { ERRORS, ExpectedError } from '@trainyard/contracts'
import {
  connectRedis,
  createAuditLog,
  createEventFeed,
  createExperimentStore,
  createFleetMetrics,
  createKeyStore,
  createPhotoRequests,
  createProbeStore,
  createSamplesRequests,
  createSweepStore,
  createWorkerRegistry,
  RedisUnavailableError,
  redisHealth,
  startHousekeeping,
} from '@trainyard/jobs'
import { pino } from 'pino'
import { createAccess } from './access/key-rules.ts'
import { type ApiConfig, readApiConfig } from './config.ts'
import { buildApp } from './app.ts'
import { builtDashboard } from './dashboard/dashboard-routes.ts'
import { diskSpaceOf } from './operations/disk-space.ts'
import { createEventStreams } from './results/event-streams.ts'

const DASHBOARD = path.join(import.meta.dirname, '..', '..', 'dashboard', 'dist')
const CLOSE_TIMEOUT_MS = 5000
const DRAIN_TIMEOUT_MS = 10_000
const INTERNAL_EXIT_CODE = ERRORS.INTERNAL.exitCode

class ListenError extends ExpectedError {
  constructor({ host, port, cause }: { host: string; port: number; cause: unknown }) {
    super('CONFIG_INVALID', `Cannot listen on ${host}:${port}; stop what uses that port, or set TRAINYARD_PORT to another`, { cause })
  }
}

class KeylessError extends ExpectedError {
  constructor(host: string) {
    super(
      'CONFIG_INVALID',
      `Other machines could reach ${host}, and there are no API keys: make one first (trainyard keys create NAME --scope admin, while it listens on 127.0.0.1), or set TRAINYARD_ADMIN_KEY`,
    )
  }
}

async function serve(config: ApiConfig): Promise<void> {
  const { redisUrl, host, onLoopback, port, dataFolder, artifactStore, adminKey, origins, limits, logLevel } = config
  const logger = pino({ level: logLevel, name: 'api' })
  const onError = (error: unknown): void => logger.warn({ err: error }, 'background work failed')
  const redis = connectRedis(redisUrl, { name: 'trainyard-api', whenDown: 'fail' })
  try {
    await redis.ping()
  } catch (cause) {
    throw new RedisUnavailableError({ cause })
  }
  const keys = createKeyStore({ redis })
  if (!onLoopback && adminKey === null && !(await keys.exist())) throw new KeylessError(host)
  await mkdir(dataFolder, { recursive: true })

  const artifacts = openArtifacts(dataFolder, await openStore(artifactStore))
  const store = createExperimentStore({ redis, archive: artifacts.results })
  const feed = createEventFeed({ redis, store, onError })
  const housekeeping = startHousekeeping({ redis, archive: artifacts.results, onError })
  const dashboardFolder = builtDashboard(DASHBOARD)
  if (dashboardFolder === null) logger.warn('the dashboard has not been built, so there is no page: npm run setup builds it')
  const app = await buildApp({
    ...{ redis, store, feed, housekeeping, keys, origins, limits },
    access: createAccess({ keys, adminKey, onLoopback }),
    audit: createAuditLog({ redis }),
    sweeps: createSweepStore({ redis, store }),
    probes: createProbeStore({ redis }),
    photos: createPhotoRequests({ redis }),
    samples: createSamplesRequests({ redis }),
    fleetMetrics: createFleetMetrics({ redis }),
    artifacts,
    dashboardFolder,
    workers: createWorkerRegistry({ redis }),
    streams: createEventStreams({ drainTimeoutMs: DRAIN_TIMEOUT_MS }),
    redisHealth: () => redisHealth(redis),
    diskSpace: () => diskSpaceOf(dataFolder),
    logger,
  })
  app.addHook('onClose', async () => {
    await feed.close()
    await housekeeping.stop()
    redis.disconnect()
  })
  closeOnSignal(() => app.close())
  await app.listen({ host, port }).catch((cause: unknown) => {
    throw new ListenError({ host, port, cause })
  })
}

/** Ends streams and requests under way, then the process; what takes too long is left behind. */
function closeOnSignal(close: () => Promise<unknown>): void {
  const shutDown = (): void => {
    setTimeout(() => process.exit(INTERNAL_EXIT_CODE), CLOSE_TIMEOUT_MS).unref()
    close().then(() => process.exit(0), fail)
  }
  process.once('SIGTERM', shutDown)
  process.once('SIGINT', shutDown)
}

function fail(error: unknown): never {
  const expected = error instanceof ExpectedError
  process.stderr.write(`${expected ? error.message : `Trainyard's API stopped for a reason that was not expected: ${String(error)}`}\n`)
  process.exit(expected ? ERRORS[error.code].exitCode : INTERNAL_EXIT_CODE)
}

try {
  await serve(readApiConfig(process.env))
} catch (error) {
  fail(error)
}
