import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { requireFreeSpace } from '../disk-space.mjs'
import { fetchWheel } from '../wheels/fetch-wheel.mjs'
import { onPath } from '../../process/on-path.mjs'
import { runCommand } from '../../process/run-command.mjs'
import { nvidiaPresent, unpackNvidia } from './unpack-nvidia.mjs'
import { extractZip } from '../wheels/zip.mjs'

/** At the worst moment: a wheel beside what is unpacked of it and of all before it. */
const NEEDS_BYTES = { cpu: 1.5e9, gpu: 7e9 }
const GPU_DISK_GB = '4.7'
const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']
const HEADERS = ['tensorflow/c/', 'tensorflow/core/platform/', 'tensorflow/tsl/', 'tsl/', 'xla/tsl/']
/** Names that the linker and tfjs-node-gpu look for. */
const LINKS = {
  'libtensorflow.so': 'libtensorflow_cc.so.2',
  'libtensorflow.so.2.9.1': 'libtensorflow_cc.so.2',
  'libtensorflow_framework.so': 'libtensorflow_framework.so.2',
}

/** @typedef {import('../wheels/fetch-wheel.mjs').SetupContext} SetupContext */
/** @typedef {import('../wheels/pinned-wheels.mjs').EngineWheels} EngineWheels */

/** Whether an engine's libraries are all there. @param {string} folder @param {EngineWheels} wheels */
export function enginePresent(folder, { libraries }) {
  return tensorflowPresent(folder) && nvidiaPresent({ folder: path.join(folder, 'nvidia'), wheels: libraries })
}

/**
 * Puts TensorFlow's libraries and headers into `folder`, lib/ and include/, and NVIDIA's libraries below nvidia/.
 * @param {{ wheels: EngineWheels, folder: string, context: SetupContext }} options
 */
export async function unpackEngine({ wheels: { flavour, tensorflow, libraries }, folder, context }) {
  requireFreeSpace({ folder: context.cache, bytes: NEEDS_BYTES[flavour], purpose: 'The TensorFlow engine' })
  if (flavour === 'gpu') context.say(announceSize([tensorflow, ...libraries]))
  if (!tensorflowPresent(folder)) await unpackTensorflow({ wheel: tensorflow, folder, context })
  await unpackNvidia({ folder: path.join(folder, 'nvidia'), wheels: libraries, context })
}

/** @param {string} folder */
function tensorflowPresent(folder) {
  return [...LIBRARIES, ...Object.keys(LINKS)].every((name) => existsSync(path.join(folder, 'lib', name)))
}

/** @param {readonly import('../wheels/pinned-wheels.mjs').Wheel[]} wheels */
function announceSize(wheels) {
  const downloadBytes = wheels.reduce((sum, { bytes }) => sum + bytes, 0)
  const download = `${wheels.length} downloads, ${(downloadBytes / 1e9).toFixed(1)} GB, and ${GPU_DISK_GB} GB on disk`
  return `TensorFlow for NVIDIA's GPUs takes ${download}, once. TRAINYARD_ENGINE=cpu or --engine cpu does without.`
}

/** @param {{ wheel: import('../wheels/pinned-wheels.mjs').Wheel, folder: string, context: SetupContext }} options */
async function unpackTensorflow({ wheel, folder, context }) {
  const file = await fetchWheel(wheel, context)
  const partial = `${folder}.partial`
  await rm(partial, { recursive: true, force: true })
  mkdirSync(path.join(partial, 'lib'), { recursive: true })
  await context.announce("Unpacking TensorFlow's libraries", async (report) => {
    await extractZip({
      file,
      target: ({ name }) => targetIn({ folder: partial, name }),
      onBytes: (done, total) => report(`${Math.floor((done / total) * 100)} % of ${Math.round(total / 1e6)} MB`),
    })
    await rm(file)
    report('removing symbols that are not needed')
    for (const name of LIBRARIES) await strip({ file: path.join(partial, 'lib', name), context })
  })
  for (const [name, target] of Object.entries(LINKS)) symlinkSync(target, path.join(partial, 'lib', name))
  await rm(folder, { recursive: true, force: true })
  await rename(partial, folder)
}

/** @param {{ folder: string, name: string }} options */
function targetIn({ folder, name }) {
  const [top, ...rest] = name.split('/')
  const inner = rest.join('/')
  if (top !== 'tensorflow') return null
  if (LIBRARIES.includes(inner)) return path.join(folder, 'lib', inner)
  const header = inner.replace(/^include\//, '')
  return inner !== header && HEADERS.some((start) => header.startsWith(start)) ? path.join(folder, 'include', header) : null
}

/** A quarter smaller on disk; without `strip` the library stays as it is. @param {{ file: string, context: SetupContext }} options */
async function strip({ file, context: { env, log } }) {
  const command = onPath('strip', env)
  if (!command) return
  const stripped = `${file}.stripped`
  const { code } = await runCommand({ command, args: ['--strip-unneeded', '-o', stripped, file], log, env })
  if (code === 0) await rename(stripped, file)
  else await rm(stripped, { force: true })
}
