import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { connectRedis, createWorkerRegistry } from '@trainyard/jobs'
import { expect, onTestFinished, test } from 'vitest'
import { workerEnvironment } from '../../tools/worker/flags.mjs'
import { poll } from '@trainyard/testing/inputs/poll'
import { startRedis } from '@trainyard/testing/redis/redis-process'

const script = path.join(import.meta.dirname, '../../tools/worker/main.mjs')
const environment = (args: string[], env: NodeJS.ProcessEnv = {}) => workerEnvironment({ args, env, cwd: '/here' })

test('workerEnvironment() — flags override the environment', () => {
  const env = { REDIS_URL: 'redis://here', TRAINYARD_GPUS: 'all', LOG_LEVEL: 'warn' }
  expect(environment([], env)).toEqual(env)
  expect(environment(['--redis', 'redis://there', '--gpus', '0,2', '--engine', 'gpu', '--pools', 'gpu', '--data', 'yard'], env)).toEqual({
    ...{ REDIS_URL: 'redis://there', TRAINYARD_GPUS: '0,2', TRAINYARD_ENGINE: 'gpu', TRAINYARD_POOLS: 'gpu', TRAINYARD_DATA: '/here/yard' },
    LOG_LEVEL: 'warn',
  })
})

test.each([
  [[], "Say where the service's Redis is: --redis redis://host:6379, or REDIS_URL"],
  [['--redis', 'redis://there', '--gpus', 'two'], '--gpus must be all, none, or nvidia-smi\'s numbers of GPUs like 0,2, not "two"'],
  [['--redis', 'redis://there', '--engine', 'cuda'], '--engine must be auto, cpu, gpu, not "cuda"'],
  [['--slots', '2'], "Unknown option '--slots'; npm run worker -- --help lists the flags"],
])('workerEnvironment() — %j is refused with what would be right', (args, sentence) => {
  expect(() => environment(args)).toThrow(sentence)
})

test('npm run worker — joins the service of that Redis, and drains on Ctrl-C', async () => {
  const server = await startRedis()
  const redis = connectRedis(server.url, { name: 'test', whenDown: 'fail' })
  const data = await mkdtemp(path.join(os.tmpdir(), 'trainyard-worker-'))
  onTestFinished(async () => {
    redis.disconnect()
    await server.stop()
    await rm(data, { recursive: true, force: true })
  })
  const { REDIS_URL: _elsewhere, ...env } = process.env
  const args = [script, '--redis', server.url, '--data', data, '--pools', 'default,lab', '--engine', 'cpu']
  const worker = spawn(process.execPath, args, { env, detached: true, stdio: 'ignore' })
  const registry = createWorkerRegistry({ redis })
  await poll(
    async () => {
      const [info] = await registry.list()
      if (info?.slots[0]?.trainer !== 'idle') throw new Error(JSON.stringify(info))
      expect(info).toMatchObject({
        pools: ['default', 'lab'],
        gpus: [],
        unhealthyReason: null,
        engine: { device: expect.stringMatching(/^CPU: /) },
      })
    },
    { timeoutMs: 90_000 },
  )
  expect(await interrupt(worker)).toBe(0)
  expect(await registry.list()).toEqual([])
})

/** As a terminal does: the whole process group gets the signal. */
async function interrupt(child: ChildProcess): Promise<number | null> {
  const exit = once(child, 'exit')
  process.kill(-(child.pid ?? 0), 'SIGINT')
  const [code] = await exit
  return code
}
