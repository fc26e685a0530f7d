import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { fetchWheel } from '../wheels/fetch-wheel.mjs'
import { extractZip } from '../wheels/zip.mjs'

/** Neither TensorFlow nor another library opens these: second builds, C++ bindings of other interfaces, the profiler's tools. */
const NOT_OPENED = /\.alt\.so|cufftw|cusolverMg|nvblas|checkpoint|nvperf|pcsamplingutil/
/** XLA's assembler and the mathematical functions that it links. */
const COMPILER_FILES = ['cuda_nvcc/bin/ptxas', 'cuda_nvcc/nvvm/libdevice/libdevice.10.bc']

/** @typedef {import('../wheels/pinned-wheels.mjs').Wheel} Wheel */

/** Whether each of NVIDIA's libraries has been unpacked. @param {{ folder: string, wheels: readonly Wheel[] }} options */
export function nvidiaPresent({ folder, wheels }) {
  return wheels.every((wheel) => existsSync(path.join(folder, partOf(wheel))))
}

/**
 * Puts what is opened at run time into `folder`/<part>/lib, where TensorFlow looks for it (its RUNPATH has $ORIGIN/../nvidia/<part>/lib); the parts
 * that an earlier try unpacked are left alone.
 * @param {{ folder: string, wheels: readonly Wheel[], context: import('../wheels/fetch-wheel.mjs').SetupContext }} options
 */
export async function unpackNvidia({ folder, wheels, context }) {
  for (const wheel of wheels) {
    const part = partOf(wheel)
    const to = path.join(folder, part)
    if (existsSync(to)) continue
    const file = await fetchWheel(wheel, context)
    const partial = `${to}.partial`
    await rm(partial, { recursive: true, force: true })
    await context.announce(`Unpacking ${wheel.project}`, (report) =>
      extractZip({
        file,
        target: ({ name }) => (isOpened(name) ? path.join(partial, path.relative(path.join('nvidia', part), name)) : null),
        onBytes: (done, total) => report(`${Math.floor((done / total) * 100)} % of ${Math.round(total / 1e6)} MB`),
      }),
    )
    await rename(partial, to)
    await rm(file)
  }
}

/** nvidia-cuda-runtime-cu12 holds nvidia/cuda_runtime. @param {Wheel} wheel */
function partOf({ project }) {
  return project
    .replace(/^nvidia-/, '')
    .replace(/-cu\d+$/, '')
    .replaceAll('-', '_')
}

/** @param {string} name */
function isOpened(name) {
  if (COMPILER_FILES.some((file) => name === `nvidia/${file}`)) return true
  return /^nvidia\/[^/]+\/lib\/[^/]+\.so(\.\d+)*$/.test(name) && !NOT_OPENED.test(name)
}
