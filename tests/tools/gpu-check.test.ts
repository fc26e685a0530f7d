import { expect, test } from 'vitest'
import { checkGpu } from '../../tools/doctor/gpu-check.mjs'
import { engineInstalled } from '../../tools/setup/engine/engine.mjs'
import { ROOT } from '../../tools/process/repository.mjs'
import { fakeNvidiaSmi } from '@trainyard/testing/services/fake-nvidia-smi'

const find = async (script: string, env: NodeJS.ProcessEnv = {}) => checkGpu({ ...env, PATH: await fakeNvidiaSmi(script) })
const T400 = 'echo "0, NVIDIA T400 4GB, 4096 MiB, 535.183.01"'

test('checkGpu() — no driver is nothing wrong, unless a GPU is required', () => {
  expect(checkGpu({ PATH: '/nowhere' })).toEqual({
    name: 'gpu',
    ok: null,
    detail: expect.stringMatching(/no NVIDIA driver here .*; training uses the CPU/),
  })
  expect(checkGpu({ PATH: '/nowhere', TRAINYARD_ENGINE: 'gpu' })).toMatchObject({ ok: false })
})

test('checkGpu() — GPUs with their driver, and whether TensorFlow’s build for them is installed', async () => {
  const { ok, detail } = await find(T400)
  expect(detail).toMatch(/^0: NVIDIA T400 4GB, 4096 MiB, driver 535\.183\.01; /)
  if (process.arch === 'x64') expect(ok).toBe(engineInstalled(ROOT, 'gpu'))
  expect(await find(T400, { TRAINYARD_ENGINE: 'cpu' })).toMatchObject({ ok: null, detail: expect.stringContaining('not used') })
})

test('checkGpu() — a driver that fails, in its own words; one without a GPU', async () => {
  const { ok, detail } = await find('echo "Failed to initialize NVML: Driver/library version mismatch"; exit 18')
  expect([ok, detail]).toEqual([
    false,
    expect.stringContaining('nvidia-smi: Failed to initialize NVML: Driver/library version mismatch: restart'),
  ])
  expect(await find('echo "No devices were found"; exit 6')).toMatchObject({ ok: null, detail: 'the NVIDIA driver lists no GPU' })
})
