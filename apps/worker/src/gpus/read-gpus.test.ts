import { expect, test } from 'vitest'
import { GPU_QUERY, readGpus } from './read-gpus.ts'

test('readGpus() — a data centre’s GPU, idle and at work, with and without decimals', () => {
  const printed =
    '0, GPU-2a8f1c5e-6b0d-4f7c-9a31-0d5e7c1b9f42, NVIDIA H200, 570.133.20, 143771, 1, 0, 29, 76.73\n' +
    '1, GPU-77d0a4b9-13c2-4e58-8f60-5b2e9d4c7a18, NVIDIA A100-SXM4-80GB, 525.125.06, 81920, 40960, 97, 64, 398\n'
  expect(readGpus(printed)).toEqual([
    {
      index: 0,
      uuid: 'GPU-2a8f1c5e-6b0d-4f7c-9a31-0d5e7c1b9f42',
      name: 'NVIDIA H200',
      driverVersion: '570.133.20',
      memoryTotalBytes: 143_771 * 2 ** 20,
      memoryUsedBytes: 2 ** 20,
      utilisation: 0,
      temperatureCelsius: 29,
      powerWatts: 76.73,
    },
    expect.objectContaining({
      index: 1,
      name: 'NVIDIA A100-SXM4-80GB',
      memoryUsedBytes: 40_960 * 2 ** 20,
      utilisation: 0.97,
      powerWatts: 398,
    }),
  ])
})

test('readGpus() — what a card or a virtual machine does not report is null', () => {
  const printed =
    '0, GPU-5d3b, NVIDIA T400 4GB, 535.183.01, 4096, 310, 3, 44, [N/A]\r\n' +
    '1, GPU-0c11, GRID K1, 367.130, 4096, [Not Supported], [Not Supported], ERR!, [Unknown Error]\n' +
    '2, GPU-9f2a, NVIDIA GB10, 580.126.09, [N/A], [N/A], 0, 39, 3.74\n'
  expect(readGpus(printed)).toMatchObject([
    { name: 'NVIDIA T400 4GB', utilisation: 0.03, powerWatts: null },
    { memoryTotalBytes: 4096 * 2 ** 20, memoryUsedBytes: null, utilisation: null, temperatureCelsius: null, powerWatts: null },
    { name: 'NVIDIA GB10', memoryTotalBytes: null, memoryUsedBytes: null, temperatureCelsius: 39 },
  ])
})

test('readGpus() — no GPU in nvidia-smi’s output without GPUs', () => {
  expect(readGpus('No devices were found\n')).toEqual([])
  expect(readGpus('Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 570.133\n')).toEqual([])
  expect(readGpus('')).toEqual([])
})

test('GPU_QUERY — asks for as many fields as are read', () => {
  expect(GPU_QUERY[0].split(',')).toHaveLength(9)
})
