import { expect, test } from 'vitest'
import { type GpuFacts, isHidden, visibleGpus, missingGpuReason, unusableGpuReason } from './gpu-fault.ts'

const T400 = { index: 0, uuid: 'GPU-5d3b0a', name: 'NVIDIA T400 4GB', computeCapability: 7.5 }
const H200 = { index: 1, uuid: 'GPU-2a8f1c', name: 'NVIDIA H200', computeCapability: 9 }
const whole: GpuFacts = {
  ...{ flavour: 'gpu', visible: undefined, driverLibrary: null, version: '570.133.20', gpus: [T400, H200], smiFailure: null },
  broken: () => [],
}
const libcuda = 'libcuda.so.1: cannot open shared object file: No such file or directory'

test.each<[string, Partial<GpuFacts>, RegExp]>([
  ['the prebuilt binding', { flavour: 'prebuilt' }, /prebuilt TensorFlow, needed is/],
  [
    'no driver',
    { driverLibrary: libcuda, version: null, gpus: [] },
    /no NVIDIA driver \(libcuda.so.1: .*\), needed is 525\.60\.13 or newer; in a container/,
  ],
  ['a container without the host’s driver', { driverLibrary: libcuda, gpus: [] }, /beside the kernel's part of driver 570\.133\.20/],
  ['an old driver', { version: '470.256.02' }, /found NVIDIA driver 470\.256\.02, needed is 525\.60\.13 or newer/],
  ['the driver before the oldest that will do', { version: '525.60.11' }, /found NVIDIA driver 525\.60\.11, needed/],
  [
    'an updated driver before the restart',
    { gpus: [], smiFailure: 'nvidia-smi: Failed to initialize NVML: Driver/library version mismatch' },
    /Driver\/library version mismatch\), needed is one that lists its GPUs/,
  ],
  ['no GPU', { gpus: [] }, /lists no GPU/],
  [
    'hidden GPUs',
    { visible: '-1' },
    /CUDA_VISIBLE_DEVICES="-1", which hides every GPU, needed is one of 0: NVIDIA T400 4GB, 1: NVIDIA H200$/,
  ],
  [
    'a GPU that is not there',
    { visible: '7' },
    /CUDA_VISIBLE_DEVICES="7", which names no GPU of this host, needed is one of 0: NVIDIA T400/,
  ],
  ['a GPU too old', { gpus: [{ ...T400, name: 'GTX 980', computeCapability: 5.2 }] }, /GTX 980 of compute capability 5\.2, needed is 6\.0/],
  ['a library that does not load', { broken: () => ['libcudnn.so.9: cannot open'] }, /do not load \(libcudnn\.so\.9: cannot open\)/],
  ['nothing wrong that we know of', { version: '525.60.13' }, /still TensorFlow takes none; with TF_CPP_MIN_LOG_LEVEL=0 it says why/],
])('missingGpuReason() — %s: what was found and what is needed', (_what, found, sentence) => {
  expect(missingGpuReason({ ...whole, ...found })).toMatch(sentence)
})

test('unusableGpuReason() — a Hopper needs the driver that compiles the kernels of CUDA 12.5, older GPUs do not', () => {
  expect(unusableGpuReason({ gpu: H200, version: '535.183.01' })).toMatch(
    /driver 535\.183\.01 with NVIDIA H200, needed is 555\.42\.02 or newer/,
  )
  expect(unusableGpuReason({ gpu: T400, version: '535.183.01' })).toBe(null)
  expect(unusableGpuReason({ gpu: H200, version: '555.42.02' })).toBe(null)
  expect(unusableGpuReason({ gpu: H200, version: null })).toBe(null)
})

test('visibleGpus() — by index or UUID, in the variable’s order; isHidden() — what leaves none', () => {
  const names = (visible: string | undefined) => visibleGpus({ visible, gpus: [T400, H200] }).map(({ index }) => index)
  expect([names(undefined), names('1,0'), names('GPU-2a8f'), names('3'), names('-1'), names('')]).toEqual([[0, 1], [1, 0], [1], [], [], []])
  expect([undefined, '0', 'GPU-2a8f', '', '-1', ' '].map(isHidden)).toEqual([false, false, false, true, true, true])
})
