import type { Gpu } from '@trainyard/contracts'
import { describe, expect, test } from 'vitest'
import type { GpuList } from './gpu-list.ts'
import { planGpus, usesNoGpu } from './gpu-plan.ts'
import type { GpuSettings } from '../config.ts'

const GIB = 2 ** 30
const gpu = (index: number, memoryTotalBytes: number | null = 4 * GIB): Gpu => ({
  ...{ index, uuid: `GPU-${index}a`, name: 'NVIDIA T400 4GB', driverVersion: '535.183.01', memoryTotalBytes },
  ...{ memoryUsedBytes: 0, utilisation: 0, temperatureCelsius: 40, powerWatts: null },
})
const three: GpuList = { gpus: [gpu(0), gpu(1), gpu(2)], failure: null }
const none: GpuList = { gpus: [], failure: 'nvidia-smi is not on PATH' }
const unset: GpuSettings = { engine: 'auto', gpus: null, trainersPerGpu: 1, gpuMemoryBytes: null, visible: null, slotsSet: false }
const plan = (settings: Partial<GpuSettings>, list = three) => planGpus({ ...unset, ...settings }, list)
const indices = (settings: Partial<GpuSettings>) => plan(settings)?.places.map((place) => place.gpu)

describe('planGpus()', () => {
  test('a trainer for each GPU of the host, with that one alone and all of its memory', () => {
    const places = plan({})?.places
    expect(places?.map((place) => place.env)).toEqual(
      ['GPU-0a', 'GPU-1a', 'GPU-2a'].map((uuid) => ({
        CUDA_VISIBLE_DEVICES: uuid,
        CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
        TF_FORCE_GPU_ALLOW_GROWTH: 'true',
        TRAINYARD_ENGINE: 'gpu',
      })),
    )
    expect(places?.[0]?.memoryBytes).toBe(3.5 * GIB)
  })

  test('several on a GPU share its memory, each with a limit that leaves room for CUDA itself', () => {
    const places = plan({ gpus: [2, 0], trainersPerGpu: 2 })?.places
    expect(places?.map((place) => place.gpu)).toEqual([0, 0, 2, 2])
    expect(places?.map(({ memoryBytes, env }) => [memoryBytes, env['TRAINYARD_GPU_MEMORY_BYTES']])).toEqual(
      Array.from({ length: 4 }, () => [1.5 * GIB, `${1.5 * GIB}`]),
    )
    const own = plan({ gpus: [0], gpuMemoryBytes: GIB })?.places
    expect(own).toMatchObject([{ memoryBytes: GIB, env: { TRAINYARD_GPU_MEMORY_BYTES: `${GIB}` } }])
    expect(() => plan({ trainersPerGpu: 2, gpuMemoryBytes: 2 * GIB })).toThrow(
      /2 trainer\(s\) with 2\.0 GiB each do not fit on GPU 0 \(NVIDIA T400 4GB, 4\.0 GiB\)/,
    )
    expect(() => plan({ trainersPerGpu: 8 })).toThrow(/do not fit/)
  })

  test('a driver that does not report how much memory there is: no limit for one trainer, for several it must be set', () => {
    const list = { gpus: [gpu(0, null)], failure: null }
    expect(plan({}, list)?.places).toMatchObject([{ memoryBytes: null }])
    expect(() => plan({ trainersPerGpu: 2 }, list)).toThrow(
      'The driver does not report how much memory GPU 0 (NVIDIA T400 4GB) has: set TRAINYARD_GPU_MEMORY_BYTES',
    )
    expect(plan({ trainersPerGpu: 2, gpuMemoryBytes: GIB }, list)?.places).toHaveLength(2)
  })

  test('those that a scheduler has lent, unless others are named', () => {
    expect([indices({ visible: '1' }), indices({ visible: 'GPU-2,0', gpus: 'all' }), indices({ visible: '1', gpus: [0] })]).toEqual([
      [1],
      [0, 2],
      [0],
    ])
    expect(plan({ visible: '-1' })).toBe(null)
    expect(() => plan({ visible: '-1', engine: 'gpu' })).toThrow(
      /CUDA_VISIBLE_DEVICES="-1" leaves this worker no GPU of 0 \(NVIDIA T400 4GB\)/,
    )
  })

  test('none that there is not, and none silently', () => {
    expect(() => plan({ gpus: [0, 3] })).toThrow(
      'There is no GPU 3 here; there are 0 (NVIDIA T400 4GB), 1 (NVIDIA T400 4GB), 2 (NVIDIA T400 4GB)',
    )
    expect(plan({}, none)).toBe(null)
    const settingsThatNeedOne: Partial<GpuSettings>[] = [{ engine: 'gpu' }, { gpus: 'all' }, { gpus: [0] }]
    for (const needy of settingsThatNeedOne)
      expect(() => plan(needy, none)).toThrow(/^This worker finds no GPU: nvidia-smi is not on PATH\. It needs NVIDIA's driver/)
    expect(() => plan({ engine: 'gpu' }, { gpus: [], failure: null })).toThrow('finds no GPU: the NVIDIA driver lists none')
  })

  test('settings that exclude each other are refused', () => {
    expect(() => plan({ slotsSet: true })).toThrow(/set TRAINYARD_TRAINERS_PER_GPU instead, or --gpus none/)
    expect(() => plan({ engine: 'cpu', gpus: 'all' })).toThrow('exclude each other')
    expect(() => plan({ engine: 'gpu', gpus: 'none' })).toThrow('exclude each other')
    expect([usesNoGpu({ engine: 'cpu', gpus: null }), usesNoGpu({ engine: 'auto', gpus: 'none' }), usesNoGpu(unset)]).toEqual([
      true,
      true,
      false,
    ])
    expect(plan({ gpus: 'none', slotsSet: true })).toBe(null)
  })
})
