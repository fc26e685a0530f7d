import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { buildImages, docker, isDockerAvailable, IMAGES, inContainer } from '@trainyard/testing/containers/docker'

const Config = z.object({
  User: z.string(),
  Entrypoint: z.array(z.string()),
  Healthcheck: z.object({ Test: z.array(z.string()) }),
  Env: z.array(z.string()),
})

const here = await isDockerAvailable()

describe.skipIf(!here)('the images', () => {
  beforeAll(buildImages, 1_200_000)

  test.each(Object.values(IMAGES))('%s — runs without root, has an init and a health check', async (image) => {
    const config = Config.parse(JSON.parse(await docker('image', 'inspect', '--format', '{{json .Config}}', image)))
    expect(config.User).toBe('10001:10001')
    expect(config.Entrypoint).toEqual(['tini', '--'])
    expect(config.Healthcheck.Test.length).toBeGreaterThan(1)
    expect(await inContainer(image, 'id', '-u')).toBe('10001')
  })

  test.each(Object.values(IMAGES))('%s — holds no test, no certificate, no secret of its build', async (image) => {
    const found = await inContainer(
      image,
      'find',
      '/app/apps',
      '/app/libs',
      '/run',
      '-name',
      '*.test.ts',
      '-o',
      '-name',
      'test-*',
      '-o',
      '-path',
      '/run/secrets/*',
    )
    expect(found).toBe('')
  })

  test('the API’s — holds no TensorFlow', async () => {
    const list = ['find', '/app', '/opt', '/usr', '-iname', '*tensorflow*', '-o', '-iname', '*tfjs*']
    expect(await inContainer(IMAGES.worker, ...list)).not.toBe('')
    expect(await inContainer(IMAGES.api, ...list)).toBe('')
  })

  test('the worker’s — trains in the terminal without a network, a root to write to or a capability', async () => {
    const flags = ['run', '--rm', '--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--network', 'none']
    const what = ['--dataset', 'synthetic-flowers', '--depth', '1', '--width', '8', '--image-size', '8', '--epochs', '1']
    const printed = await docker(...flags, IMAGES.worker, 'node', 'apps/trainer/src/terminal/terminal.main.ts', ...what)
    expect(printed).toMatch(/1\/1/)
  })

  test.each(Object.values(IMAGES))('%s — says in one sentence what it lacks', async (image) => {
    const run = docker('run', '--rm', '--read-only', '-e', 'REDIS_PASSWORD_FILE=/run/secrets/none', image)
    await expect(run).rejects.toThrow('REDIS_PASSWORD_FILE names /run/secrets/none, which cannot be read (ENOENT)')
  })
})
