import { describe, expect, test } from 'vitest'
import { parseEngine, requestedEngine } from '../../tools/setup/engine/engine-flavour.mjs'
import { engineKey, engineWheels } from '../../tools/setup/wheels/pinned-wheels.mjs'
import { fakeNvidiaSmi } from '@trainyard/testing/services/fake-nvidia-smi'

const driverThat = async (script: string): Promise<NodeJS.ProcessEnv> => ({ PATH: await fakeNvidiaSmi(script) })

test('requestedEngine() — the one that is set', () => {
  expect(requestedEngine({ PATH: '/nowhere', TRAINYARD_ENGINE: 'cpu' })).toBe('cpu')
  expect(() => requestedEngine({ TRAINYARD_ENGINE: 'cuda' })).toThrow('TRAINYARD_ENGINE must be auto, cpu, gpu, not "cuda"')
  expect(() => parseEngine('', '--engine')).toThrow('--engine must be auto, cpu, gpu, not ""')
})

describe.runIf(process.arch === 'x64')('on x64', () => {
  test('requestedEngine() — auto: the GPU’s where the driver lists one, and not where there is no driver, or one that lists none; one that fails is refused', async () => {
    expect(requestedEngine({ PATH: '/nowhere', TRAINYARD_ENGINE: 'gpu' })).toBe('gpu')
    expect(requestedEngine({ PATH: '/nowhere' })).toBe('cpu')
    const env = await driverThat('echo "NVIDIA T400 4GB"')
    expect([requestedEngine(env), requestedEngine({ ...env, TRAINYARD_ENGINE: 'cpu' })]).toEqual(['gpu', 'cpu'])
    expect(requestedEngine(await driverThat('echo "No devices were found"; exit 6'))).toBe('cpu')
    const broken = await driverThat('echo "Failed to initialize NVML: Driver/library version mismatch"; exit 18')
    expect(() => requestedEngine(broken)).toThrow(
      /does not work \(nvidia-smi: Failed to initialize NVML: Driver\/library version mismatch\).*--engine cpu/,
    )
    expect(requestedEngine({ ...broken, TRAINYARD_ENGINE: 'cpu' })).toBe('cpu')
  })

  test('engineWheels() — each build has a folder of its own, and each wheel its own file', () => {
    const [cpu, gpu] = [engineWheels('cpu'), engineWheels('gpu')]
    if (!cpu || !gpu) throw new Error('x64 has both')
    expect(engineKey(gpu)).not.toBe(engineKey(cpu))
    const files = [cpu.tensorflow, gpu.tensorflow, ...gpu.libraries].map(({ file }) => file)
    expect(new Set(files).size).toBe(files.length)
  })
})

describe.runIf(process.arch === 'arm64')('on arm64', () => {
  test('requestedEngine() — there is no build for GPUs: auto does without, gpu is refused', async () => {
    const env = await driverThat('echo "NVIDIA GH200"')
    expect(requestedEngine(env)).toBe('cpu')
    expect(() => requestedEngine({ ...env, TRAINYARD_ENGINE: 'gpu' })).toThrow('There is no TensorFlow for GPUs on arm64')
  })
})
