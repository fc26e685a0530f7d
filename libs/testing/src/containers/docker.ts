import { execFile } from 'node:child_process'
import path from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'

const root = path.join(import.meta.dirname, '..', '..', '..', '..')
/** Another one where the first docker on PATH has no BuildKit. */
const DOCKER = process.env['TRAINYARD_TEST_DOCKER'] ?? 'docker'
/** What images are built on, and Redis: where no registry can be reached, `.ci/base-images` makes both. */
export const BASE_IMAGES = {
  node: process.env['TRAINYARD_TEST_BASE'] ?? 'node:24.21.0-bookworm-slim',
  redis: process.env['TRAINYARD_TEST_REDIS'] ?? 'redis:7.4.2-bookworm',
}
export const IMAGES = { api: 'trainyard-api:test', worker: 'trainyard-worker:test' }

/** Runs docker; rejects with its output. */
export async function docker(...args: string[]): Promise<string> {
  const env = { ...process.env, DOCKER_BUILDKIT: '1' }
  return (await promisify(execFile)(DOCKER, args, { cwd: root, env, maxBuffer: 1 << 26 })).stdout.trim()
}

/** Whether a Docker Engine answers and what the images are built on is there; else the reason is printed. Under CI=true it must be there. */
export async function isDockerAvailable(): Promise<boolean> {
  try {
    await docker('info')
    for (const image of Object.values(BASE_IMAGES)) await docker('image', 'inspect', image).catch(() => docker('pull', '--quiet', image))
    return true
  } catch (error) {
    const reason = `no Docker Engine answers, or it lacks ${Object.values(BASE_IMAGES).join(' or ')} (${messageOf(error)})`
    if (process.env['CI'] === 'true') throw new Error(`${reason}; CI must have them`, { cause: error })
    process.stderr.write(`skipped: ${reason}\n`)
    return false
  }
}

/** The API's image and the worker's without CUDA, rebuilt where something has changed. */
export async function buildImages(): Promise<void> {
  await build(['--tag', IMAGES.api])
  await build(['--tag', IMAGES.worker, '--file', 'Dockerfile.gpu', '--build-arg', 'ENGINE=cpu'])
}

async function build(args: readonly string[]): Promise<void> {
  const authorities = process.env['NODE_EXTRA_CA_CERTS']
  const secret = authorities ? ['--secret', `id=ca,src=${authorities}`] : []
  await docker('build', '--build-arg', `BASE=${BASE_IMAGES.node}`, ...secret, ...args, '.')
}

/** What a command in a new container of the image prints; the container has no root to write to. */
export const inContainer = (image: string, ...command: string[]): Promise<string> => docker('run', '--rm', '--read-only', image, ...command)

const messageOf = (error: unknown): string =>
  String(error instanceof Error ? error.message : error)
    .split('\n')
    .slice(0, 2)
    .join(' ')
