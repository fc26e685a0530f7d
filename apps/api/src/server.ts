import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { openArtifacts, openStore } from '@trainyard/artifacts'
import { ERRORS, ExpectedError } from '@trainyard/contracts'
import { connectRedis, createKeyStore, RedisUnavailableError } from '@trainyard/jobs'
import { pino } from 'pino'
import { createAccess } from './access/key-rules.ts'
import { type ApiConfig, readApiConfig } from './config.ts'
import { buildApp } from './app.ts'
import { builtDashboard } from './dashboard/dashboard-routes.ts'
import { diskSpaceOf } from './operations/disk-space.ts'
import { createEventStreams } from './results/event-streams.ts'
import { startServices } from './services.ts'

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
      `Other machines can reach ${host}, and there are no API keys: create one first (trainyard keys create NAME --scope admin, while it listens on 127.0.0.1), or set TRAINYARD_ADMIN_KEY`,
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
  if (!onLoopback && adminKey === null && !(await createKeyStore({ redis }).exist())) throw new KeylessError(host)
  await mkdir(dataFolder, { recursive: true })

  const artifacts = openArtifacts(dataFolder, await openStore(artifactStore))
  const { stop, ...services } = startServices({ redis, artifacts, onError })
  const dashboardFolder = builtDashboard(DASHBOARD)
  if (dashboardFolder === null) logger.warn('the dashboard has not been built, so it is not served: npm run setup builds it')
  const app = await buildApp({
    ...services,
    origins,
    limits,
    access: createAccess({ keys: services.keys, adminKey, onLoopback }),
    dashboardFolder,
    streams: createEventStreams({ drainTimeoutMs: DRAIN_TIMEOUT_MS }),
    diskSpace: () => diskSpaceOf(dataFolder),
    logger,
  })
  app.addHook('onClose', stop)
  closeOnSignal(() => app.close())
  await app.listen({ host, port }).catch((cause: unknown) => {
    throw new ListenError({ host, port, cause })
  })
}

/** Ends streams and open requests, then the process; after the timeout it exits anyway. */
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
  process.stderr.write(`${expected ? error.message : `Trainyard's API stopped because of an unexpected error: ${String(error)}`}\n`)
  process.exit(expected ? ERRORS[error.code].exitCode : INTERNAL_EXIT_CODE)
}

try {
  await serve(readApiConfig(process.env))
} catch (error) {
  fail(error)
}
