import { describe, expect, test } from 'vitest'
import { parseEngine, wantedEngine } from '../../tools/setup/engine/engine-flavour.mjs'
import { engineKey, engineWheels } from '../../tools/setup/wheels/pinned-wheels.mjs'
import { fakeNvidiaSmi } from '@trainyard/testing/services/fake-nvidia-smi'

const driverThat = async (script: string): Promise<NodeJS.ProcessEnv> => ({ PATH: await fakeNvidiaSmi(script) })

test('wantedEngine() — the one that is set', () => {
  expect(wantedEngine({ PATH: '/nowhere', TRAINYARD_ENGINE: 'cpu' })).toBe('cpu')
  expect(() => wantedEngine({ TRAINYARD_ENGINE: 'cuda' })).toThrow('TRAINYARD_ENGINE must be auto, cpu, gpu, not "cuda"')
  expect(() => parseEngine('', '--engine')).toThrow('--engine must be auto, cpu, gpu, not ""')
})

describe.runIf(process.arch === 'x64')('on x64', () => {
  test('wantedEngine() — auto: the GPU’s where the driver lists one, and not where there is no driver, or one that lists none; one that fails is refused', async () => {
    expect(wantedEngine({ PATH: '/nowhere', TRAINYARD_ENGINE: 'gpu' })).toBe('gpu')
    expect(wantedEngine({ PATH: '/nowhere' })).toBe('cpu')
    const env = await driverThat('echo "NVIDIA T400 4GB"')
    expect([wantedEngine(env), wantedEngine({ ...env, TRAINYARD_ENGINE: 'cpu' })]).toEqual(['gpu', 'cpu'])
    expect(wantedEngine(await driverThat('echo "No devices were found"; exit 6'))).toBe('cpu')
    const broken = await driverThat('echo "Failed to initialize NVML: Driver/library version mismatch"; exit 18')
    expect(() => wantedEngine(broken)).toThrow(
      /does not work \(nvidia-smi: Failed to initialize NVML: Driver\/library version mismatch\).*--engine cpu/,
    )
    expect(wantedEngine({ ...broken, TRAINYARD_ENGINE: 'cpu' })).toBe('cpu')
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
  test('wantedEngine() — there is no build for GPUs: auto does without, gpu is refused', async () => {
    const env = await driverThat('echo "NVIDIA GH200"')
    expect(wantedEngine(env)).toBe('cpu')
    expect(() => wantedEngine({ ...env, TRAINYARD_ENGINE: 'gpu' })).toThrow('There is no TensorFlow for GPUs on arm64')
  })
})
