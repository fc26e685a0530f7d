import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { missingGpuReason } from '../../tools/gpu/missing-gpu-reason.mjs'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'gpu-here-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** With an nvidia-smi that prints this; null: there is none. */
async function whyWith(smi: { prints: string; code: number } | null): Promise<string | null> {
  const bin = await mkdtemp(path.join(folder, 'bin-'))
  if (smi) {
    await writeFile(path.join(bin, 'nvidia-smi'), `#!/bin/sh\necho '${smi.prints}'\nexit ${smi.code}\n`)
    await chmod(path.join(bin, 'nvidia-smi'), 0o755)
  }
  return missingGpuReason({ PATH: bin })
}

test('missingGpuReason() — null where the driver lists a GPU, else what nvidia-smi printed', async () => {
  expect(await whyWith({ prints: 'GPU 0: NVIDIA T4 (UUID: GPU-1)', code: 0 })).toBeNull()
  expect(await whyWith({ prints: 'No devices found.', code: 0 })).toBe('nvidia-smi lists none')
  expect(await whyWith({ prints: 'Failed to initialize NVML: Driver/library version mismatch', code: 18 })).toBe(
    'nvidia-smi failed: Failed to initialize NVML: Driver/library version mismatch',
  )
  expect(await whyWith(null)).toBe('nvidia-smi is not on PATH')
})

test('npm run test:gpu and bench:gpu without a GPU — one sentence; an error only where a GPU is required', async () => {
  const run = (tool: string[], env: NodeJS.ProcessEnv = {}) =>
    promisify(execFile)(process.execPath, tool, { env: { ...process.env, PATH: folder, ...env } }).catch((error: unknown) => error)
  expect(await run(['tools/test/gpu.mjs'])).toMatchObject({
    stdout: 'No GPU here: nvidia-smi is not on PATH; nothing was tested.\n',
    stderr: '',
  })
  expect(await run(['tools/test/gpu.mjs'], { TRAINYARD_REQUIRE_GPU: '1' })).toMatchObject({ code: 1 })
  expect(await run(['tools/bench.mjs', 'gpu'])).toMatchObject({
    stdout: 'No GPU here: nvidia-smi is not on PATH; nothing was measured.\n',
    stderr: '',
  })
})
