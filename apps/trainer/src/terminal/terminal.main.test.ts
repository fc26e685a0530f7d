import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

let folder: string
beforeAll(async () => void (folder = await mkdtemp(path.join(os.tmpdir(), 'terminal-'))))
afterAll(() => rm(folder, { recursive: true, force: true }))

const run = (...args: string[]) => {
  const env = { ...process.env, TRAINYARD_DATA: folder, FLOWERS102_ROOT: path.join(folder, 'nothing') }
  return promisify(execFile)(process.execPath, [path.join(import.meta.dirname, 'terminal.main.ts'), ...args], { env })
}

test('npm run train — a line an epoch, with six decimals', async () => {
  const { stdout } = await run(
    '--dataset',
    'synthetic-flowers',
    '--image-size',
    '8',
    '--depth',
    '1',
    '--width',
    '16',
    '--epochs',
    '2',
    '--no-bias',
  )
  const lines = stdout.trim().split('\n')
  expect(lines).toHaveLength(4)
  expect(lines[2]).toMatch(/^epoch 1\/2 █{10}░{10} loss 4\.\d{6}  val loss 4\.\d{6}  accuracy .* s$/)
})

test.each([
  [['--depth', 'x'], 2, '--depth: wants a number'],
  [['--depht', '3'], 2, "Unknown option '--depht'"],
  [['--depth', '3', '--layer-sizes', '3,4'], 2, '--depth: cannot be given together with layerSizes'],
  [['--depth', '1'], 7, 'nothing'],
])('npm run train -- %j — ends with code %i and one clear line', async (args, code, message) => {
  const failure: unknown = await run(...args).catch((error: unknown) => error)
  expect(failure).toMatchObject({ code, stderr: expect.stringContaining(message) })
  expect(failure).toMatchObject({ stderr: expect.not.stringMatching(/\n\s+at /) })
})
