import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { engineWish, wantedEngine } from '../../tools/setup/engine-flavour.mjs'
import { engineKey, engineWheels } from '../../tools/setup/pinned-wheels.mjs'

let folder: string
beforeEach(async () => void (folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-flavour-'))))
afterEach(() => rm(folder, { recursive: true }))

/** A PATH on which nvidia-smi is this script; NVIDIA's own cannot be told what to print. */
async function driverThat(script: string): Promise<NodeJS.ProcessEnv> {
  const file = path.join(folder, 'nvidia-smi')
  await writeFile(file, `#!/bin/sh\n${script}\n`)
  await chmod(file, 0o755)
  return { PATH: folder }
}

test('wantedEngine() — what is asked for', () => {
  expect(wantedEngine({ PATH: folder, TRAINYARD_ENGINE: 'cpu' })).toBe('cpu')
  expect(() => wantedEngine({ TRAINYARD_ENGINE: 'cuda' })).toThrow('TRAINYARD_ENGINE must be auto, cpu, gpu, not "cuda"')
  expect(() => engineWish('', '--engine')).toThrow('--engine must be auto, cpu, gpu, not ""')
})

describe.runIf(process.arch === 'x64')('on x64', () => {
  test('wantedEngine() — auto: the GPU’s where the driver lists one, and not where there is no driver, or one that lists none or fails', async () => {
    expect(wantedEngine({ PATH: folder, TRAINYARD_ENGINE: 'gpu' })).toBe('gpu')
    expect(wantedEngine({ PATH: folder })).toBe('cpu')
    const env = await driverThat('echo "NVIDIA T400 4GB"')
    expect([wantedEngine(env), wantedEngine({ ...env, TRAINYARD_ENGINE: 'cpu' })]).toEqual(['gpu', 'cpu'])
    expect(wantedEngine(await driverThat('exit 0'))).toBe('cpu')
    expect(wantedEngine(await driverThat('echo "couldn\'t communicate with the NVIDIA driver"; exit 9'))).toBe('cpu')
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
