import { randomBytes } from 'node:crypto'
import { createClient } from '@trainyard/client'
import { GenericContainer, Network, type StartedTestContainer, Wait } from 'testcontainers'
import { BASE_IMAGES, IMAGES } from './docker.ts'

const START_TIMEOUT_MS = 120_000
const API_PORT = 8787

export interface WorkerContainer {
  env?: Record<string, string>
  /** A folder of this machine with the real images. */
  flowers102?: string
}

/** Redis, the API and as many workers as a test wants, each in a container of its own, without a capability, as a lab's hosts would run them. */
export async function startContainers({ env: shared = {} }: { env?: Record<string, string> } = {}) {
  const network = await new Network().start()
  const [password, adminKey] = [randomBytes(16).toString('hex'), randomBytes(32).toString('hex')]
  const started: StartedTestContainer[] = []
  const start = async (container: GenericContainer): Promise<StartedTestContainer> => {
    const running = await container.withNetwork(network).withStartupTimeout(START_TIMEOUT_MS).start()
    started.push(running)
    return running
  }
  const ours = (image: string): GenericContainer =>
    new GenericContainer(image)
      .withWaitStrategy(Wait.forHealthCheck())
      .withDroppedCapabilities('ALL')
      .withSecurityOpt('no-new-privileges')
      .withCopyContentToContainer([{ content: password, target: '/run/redis-password' }])
      .withExtraHosts([{ host: 'test-host', ipAddress: 'host-gateway' }])
      .withEnvironment({ REDIS_URL: 'redis://redis:6379', REDIS_PASSWORD_FILE: '/run/redis-password', ...shared })

  async function close(): Promise<void> {
    for (const container of started.toReversed()) await container.stop({ remove: true, removeVolumes: true }).catch(() => {}) // one was killed
    await network.stop()
  }
  try {
    await start(
      new GenericContainer(BASE_IMAGES.redis)
        .withNetworkAliases('redis')
        .withCommand(['redis-server', '--requirepass', password, '--appendonly', 'yes', '--maxmemory-policy', 'noeviction'])
        .withWaitStrategy(Wait.forLogMessage('Ready to accept connections')),
    )
    const api = await start(ours(IMAGES.api).withExposedPorts(API_PORT).withEnvironment({ TRAINYARD_ADMIN_KEY: adminKey }))
    const url = `http://${api.getHost()}:${api.getMappedPort(API_PORT)}`
    return {
      url,
      client: createClient({ baseUrl: url, apiKey: adminKey }),
      startWorker: ({ env = {}, flowers102 }: WorkerContainer = {}): Promise<StartedTestContainer> => {
        const worker = ours(IMAGES.worker).withEnvironment(env)
        if (flowers102 === undefined) return start(worker)
        const place = '/flowers102'
        return start(worker.withEnvironment({ FLOWERS102_ROOT: place }).withBindMounts([{ source: flowers102, target: place, mode: 'ro' }]))
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
