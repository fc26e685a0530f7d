import { execFile } from 'node:child_process'
import path from 'node:path'
import { expect, test } from 'vitest'
import { parseStartFlags } from '../../tools/start/flags.mjs'

const parse = (args: string[], env: NodeJS.ProcessEnv = {}) => parseStartFlags({ args, env, cwd: '/here' })

test('parseStartFlags() — defaults, and every flag', () => {
  const defaults = {
    help: false,
    port: 8787,
    host: '127.0.0.1',
    data: '/srv/yard',
    workers: 1,
    maxDiskBytes: null,
    engine: null,
    gpus: null,
    example: true,
  }
  expect(parse([], { TRAINYARD_DATA: '/srv/yard' })).toEqual(defaults)
  expect(
    parse([
      '--port',
      '9000',
      '--data',
      'yard',
      '--workers',
      '2',
      '--max-disk',
      '1.5GiB',
      '--no-example',
      '--host',
      '0.0.0.0',
      '--engine',
      'gpu',
      '--gpus',
      '0,2',
    ]),
  ).toEqual({
    maxDiskBytes: 1.5 * 2 ** 30,
    help: false,
    port: 9000,
    host: '0.0.0.0',
    data: '/here/yard',
    workers: 2,
    engine: 'gpu',
    gpus: '0,2',
    example: false,
  })
})

test.each([
  [['--port', '0'], '--port must be a whole number from 1 to 65535, not "0"'],
  [['--port', '8787x'], '--port must be a whole number from 1 to 65535, not "8787x"'],
  [['--workers', '65'], '--workers must be a whole number from 1 to 64, not "65"'],
  [['--max-disk', '20'], '--max-disk must be a size like 20GB or 500MiB, not "20"'],
  [['--engine', 'cuda'], '--engine must be auto, cpu, gpu, not "cuda"'],
  [['--gpus', '0;1'], '--gpus must be all, none, or nvidia-smi\'s numbers of GPUs like 0,2, not "0;1"'],
  [['--prot', '9000'], "Unknown option '--prot'; npm start -- --help lists the flags"],
  [['9000'], "Unexpected argument '9000'"],
])('parseStartFlags() — %j is refused with what would be right', (args, sentence) => {
  expect(() => parse(args)).toThrow(sentence)
})

test('npm start -- --help — lists every flag and ends well', async () => {
  const { code, stdout } = await run(['--help'])
  expect(code).toBe(0)
  for (const flag of ['--port', '--data', '--workers', '--max-disk', '--engine', '--gpus', '--no-example', '--help'])
    expect(stdout).toContain(flag)
})

test('npm start — a flag that it does not know: one line, no stack', async () => {
  const { code, stderr } = await run(['--prot', '9000'])
  expect(code).toBe(1)
  expect(stderr).toMatch(/^[^\n]*npm start -- --help[^\n]*\n$/)
})

function run(args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const script = path.join(import.meta.dirname, '../../tools/start/main.mjs')
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [script, ...args], (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr })
    })
  })
}
