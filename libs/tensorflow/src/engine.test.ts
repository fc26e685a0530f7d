import { execFile } from 'node:child_process'
import path from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { fakeNvidiaSmi } from '@trainyard/testing/services/fake-nvidia-smi'
import { memoryLimitConfig } from './engine/memory-limit.ts'

const LIMIT_BYTES = 4096.5 * 2 ** 20
/** ConfigProto.device_count {"CPU": 0}: a configuration that TensorFlow understands and cannot serve. */
const NO_CPU = '0a070a034350551000'
const script = `
  const { loadEngine } = await import(${JSON.stringify(path.join(import.meta.dirname, 'index.ts'))})
  try {
    console.log(loadEngine(process.env).engine.device)
  } catch (error) {
    console.log(error.code, error.message)
  }`

/** What a process of its own says that loads TensorFlow in this environment. */
function load(env: NodeJS.ProcessEnv): Promise<{ code: number | string; said: string }> {
  const { TRAINYARD_ENGINE: _engine, CUDA_VISIBLE_DEVICES: _gpus, ...rest } = process.env
  return new Promise((resolve) => {
    const args = ['--input-type=module', '--eval', script]
    execFile(process.execPath, args, { env: { ...rest, ...env } }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, said: stdout + stderr }),
    )
  })
}

let hasGpuBuild: boolean
beforeAll(async () => {
  const { said } = await load({ TRAINYARD_ENGINE: 'gpu' })
  hasGpuBuild = !said.includes("TensorFlow's build for CPUs")
})

test('memoryLimitConfig() — the bytes that protobuf itself writes for gpu_options.experimental.virtual_devices.memory_limit_mb', () => {
  expect(memoryLimitConfig(LIMIT_BYTES)).toBe('320a4a080a060a0400048045')
})

test('a configuration reaches TensorFlow: it takes the memory limit, and says what is wrong with another', async () => {
  const env = { TRAINYARD_ENGINE: 'cpu' }
  expect(await load({ ...env, TRAINYARD_TENSORFLOW_CONFIG: memoryLimitConfig(LIMIT_BYTES) })).toMatchObject({ code: 0 })
  const torn = await load({ ...env, TRAINYARD_TENSORFLOW_CONFIG: memoryLimitConfig(LIMIT_BYTES).slice(0, -2) })
  expect(torn).toEqual({ code: 8, said: expect.stringContaining('TensorFlow cannot be started: Unparseable ConfigProto') })
  const none = await load({ ...env, TRAINYARD_TENSORFLOW_CONFIG: NO_CPU })
  expect(none).toEqual({ code: 8, said: expect.stringContaining('TensorFlow cannot be started: No CPU devices are available') })
})

test('loadEngine() — cpu: the CPU, whatever the host has', async () => {
  expect((await load({ TRAINYARD_ENGINE: 'cpu' })).said).toMatch(/^CPU: /)
  expect((await load({ TRAINYARD_ENGINE: 'cuda' })).said).toMatch(/^CONFIG_INVALID .*TRAINYARD_ENGINE must be auto, cpu or gpu/)
})

test('loadEngine() — gpu: the GPU or a sentence, never the CPU', async () => {
  expect((await load({ TRAINYARD_ENGINE: 'gpu' })).said).toMatch(/^(GPU: |GPU_UNAVAILABLE No GPU can be used: found .*, needed )/)
})

test('loadEngine() — auto: refused where the driver lists a GPU that TensorFlow’s GPU build does not take', async ({ skip }) => {
  skip(!hasGpuBuild, "TensorFlow's CPU build is installed here")
  const PATH = await fakeNvidiaSmi('echo "0, GPU-00000000-no-such, NVIDIA T400 4GB, 535.183.01, 7.5"')
  const visible = { CUDA_VISIBLE_DEVICES: 'GPU-00000000-no-such' }
  expect((await load({ PATH, ...visible })).said).toMatch(/^GPU_UNAVAILABLE No GPU can be used: found /)
  expect((await load({ PATH, CUDA_VISIBLE_DEVICES: '-1' })).said).toMatch(/^CPU: /)
  const failing = await fakeNvidiaSmi('echo "Failed to initialize NVML: Driver/library version mismatch"; exit 18')
  expect((await load({ PATH: failing, ...visible })).said).toMatch(/^GPU_UNAVAILABLE /)
})
