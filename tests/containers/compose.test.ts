import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, createClient } from '@trainyard/client'
import { BASE_IMAGES, buildImages, docker, isDockerAvailable, IMAGES } from '@trainyard/testing/containers/docker'
import { freePort } from '@trainyard/testing/services/free-port'
import { poll } from '@trainyard/testing/inputs/poll'

const here = await isDockerAvailable()
const root = path.join(import.meta.dirname, '..', '..')
const VOLUMES = ['redis', 'data', 'redis-secrets', 'api-secrets']
const project = `trainyard-test-${randomBytes(4).toString('hex')}`
const ours = ['--filter', `label=com.docker.compose.project=${project}`]

describe.skipIf(!here)('docker-compose.yml', () => {
  let settings: Record<string, string>
  let client: Client

  const run = promisify(execFile)
  async function compose(...args: string[]): Promise<string> {
    const [command = '', ...first] = await composeCommand()
    const { stdout } = await run(command, [...first, '--project-name', project, ...args], {
      cwd: root,
      env: { ...process.env, ...settings },
    })
    return stdout.trim()
  }
  const inside = (service: string, ...command: string[]): Promise<string> => compose('exec', '-T', service, ...command)
  async function ready(): Promise<void> {
    await poll(async () => expect((await client.ready()).ready).toBe(true), { timeoutMs: 120_000 })
  }

  beforeAll(async () => {
    await buildImages()
    const [port, redisPort] = [await freePort(), await freePort()]
    settings = {
      TRAINYARD_API_IMAGE: IMAGES.api,
      TRAINYARD_WORKER_IMAGE: IMAGES.worker,
      REDIS_IMAGE: BASE_IMAGES.redis,
      TRAINYARD_PORT: `${port}`,
      TRAINYARD_REDIS_PORT: `${redisPort}`,
    }
    await compose('up', '--detach', '--no-build')
    const adminKey = await inside('api', 'cat', '/run/trainyard/api/admin-key')
    client = createClient({ baseUrl: `http://127.0.0.1:${port}`, apiKey: adminKey })
    await ready()
  }, 1_200_000)
  afterAll(async () => {
    await compose('down', '--volumes', '--timeout', '40')
    expect(await docker('ps', '--all', '--quiet', ...ours)).toBe('')
    expect(await docker('volume', 'ls', '--quiet', ...ours)).toBe('')
  })

  test('an experiment trains, and is there with its model after all was taken down and brought up', async () => {
    const request = { dataset: 'synthetic-flowers', depth: 2, width: 32, imageSize: 16, epochs: 3 } as const
    const { id } = await client.experiments.submit(request)
    await poll(async () => expect((await client.experiments.get(id)).state).toBe('completed'), { timeoutMs: 120_000 })
    const before = await client.experiments.epochs(id)
    expect(before.items).toHaveLength(3)
    await compose('down', '--timeout', '40')
    expect(await docker('ps', '--all', '--quiet', ...ours)).toBe('')
    await compose('up', '--detach', '--no-build')
    await ready()
    expect((await client.experiments.epochs(id)).items).toEqual(before.items)
    expect((await client.experiments.get(id)).model).not.toBeNull()
  }, 300_000)

  test('a backup as docs/containers.md makes it — all is there again after every volume was lost', async () => {
    const { items } = await client.experiments.list()
    expect(items.length).toBeGreaterThan(0)
    const backup = await mkdtemp(path.join(os.tmpdir(), 'trainyard-backup-'))
    const tar = (volumes: readonly string[], ...args: string[]) =>
      docker('run', '--rm', '--user', '0', ...volumes.flatMap((volume) => ['--volume', volume]), IMAGES.api, 'tar', ...args)
    await compose('stop', '--timeout', '40')
    for (const volume of VOLUMES)
      await tar([`${project}_${volume}:/from:ro`, `${backup}:/to`], '-czf', `/to/${volume}.tar.gz`, '-C', '/from', '.')
    await compose('down', '--volumes')
    for (const volume of VOLUMES)
      await tar([`${project}_${volume}:/to`, `${backup}:/from:ro`], '-xpzf', `/from/${volume}.tar.gz`, '-C', '/to')
    await compose('up', '--detach', '--no-build')
    await ready() // with the key that it had before
    expect((await client.experiments.list()).items).toEqual(items)
    await rm(backup, { recursive: true, force: true })
  }, 300_000)

  test.each(['redis', 'api', 'worker'])('%s — no root to write to, and no root user', async (service) => {
    await expect(inside(service, 'touch', '/etc/trainyard')).rejects.toThrow('Read-only file system')
    expect(await inside(service, 'id', '-u')).not.toBe('0')
    const [id = ''] = (await compose('ps', '--quiet', service)).split('\n')
    await poll(async () => expect(await docker('inspect', '--format', '{{.State.Health.Status}}', id)).toBe('healthy'), {
      timeoutMs: 60_000,
    })
  })

  test('Redis — wants its password, keeps what it has acknowledged, evicts nothing', async () => {
    expect(await inside('redis', 'redis-cli', 'ping')).toContain('NOAUTH')
    const ask = (setting: string) =>
      inside('redis', 'sh', '-c', `REDISCLI_AUTH=$(cat /run/trainyard/redis/password) redis-cli config get ${setting}`)
    expect(await ask('maxmemory-policy')).toContain('noeviction')
    expect(await ask('appendonly')).toContain('yes')
    expect(await ask('appendfsync')).toContain('always')
    expect((await client.ready()).warnings).toEqual([])
  })

  test('secrets — stand in no environment and no command line, and only the API has its own', async () => {
    const containers = await docker('inspect', ...(await compose('ps', '--quiet')).split('\n'))
    const password = await inside('worker', 'cat', '/run/trainyard/redis/password')
    expect(password).toMatch(/^[0-9a-f]{48}$/)
    expect(containers).not.toContain(password)
    await expect(inside('worker', 'ls', '/run/trainyard/api')).rejects.toThrow('No such file')
  })
})

/** Compose's second version is a part of docker, its first a command of its own. */
async function composeCommand(): Promise<string[]> {
  const plugin = ['docker', 'compose']
  const found = await promisify(execFile)('docker', ['compose', 'version']).then(
    () => true,
    () => false,
  )
  return found ? plugin : ['docker-compose']
}
