import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { errorMessage, ToolError } from '../../process/tool-error.mjs'
import { bindingKey, compileBinding } from './compile-binding.mjs'
import { DiskSpaceError } from '../disk-space.mjs'
import { runNpm, withoutOwnNode } from '../packages.mjs'
import { engineKey, engineWheels } from '../wheels/pinned-wheels.mjs'
import { enginePresent, unpackEngine } from './unpack-engine.mjs'

const PACKAGE = '@tensorflow/tfjs-node-gpu'
const BINDING = path.join('lib', 'napi-v8', 'tfjs_binding.node')
const LIBRARIES = path.join('deps', 'lib')
/** libs/tensorflow takes the binding for ours when this file is beside it. */
const NATIVE_MARKER = 'trainyard-engine.json'
const PREBUILT_MARKER = 'trainyard-prebuilt.json'

const WITHOUT_GPU = 'To do without GPUs: TRAINYARD_ENGINE=cpu, or --engine cpu'

/** @typedef {import('./compile-binding.mjs').BindingContext} BindingContext */
/** @typedef {import('./engine-flavour.mjs').EngineFlavour} EngineFlavour */

/** Whether an engine of that flavour is the one in use. @param {string} root @param {EngineFlavour} flavour */
export function engineInstalled(root, flavour) {
  const folder = packageFolder(root)
  if (!existsSync(path.join(folder, BINDING))) return false
  const native = readMarker(path.join(folder, NATIVE_MARKER))
  const wheels = engineWheels(flavour)
  if (native !== null && wheels) return native === markerFor(wheels) && enginePresent(path.join(folder, LIBRARIES, '..'), wheels)
  return flavour === 'cpu' && readMarker(path.join(folder, PREBUILT_MARKER)) !== null
}

/**
 * Our own build of the binding, else the package's own prebuilt one; for GPUs our own alone, for the prebuilt one needs CUDA 11.2.
 * @param {BindingContext} context
 * @param {EngineFlavour} flavour
 */
export async function installEngine(context, flavour) {
  const tried = []
  try {
    await installNative(context, flavour)
    return
  } catch (error) {
    if (error instanceof DiskSpaceError || !(error instanceof ToolError)) throw error
    if (flavour === 'gpu') {
      throw new ToolError(`TensorFlow for GPUs could not be installed (${error.message}). ${WITHOUT_GPU}`, { cause: error })
    }
    tried.push(`our own build (${error.message})`)
  }
  try {
    await installPrebuilt(context)
  } catch (error) {
    tried.push(`the prebuilt library of ${PACKAGE} (${errorMessage(error)})`)
    throw new ToolError(`TensorFlow could not be installed; check what failed and run this again. Tried: ${tried.join('; ')}`, {
      cause: error,
    })
  }
}

/** @param {BindingContext} context @param {EngineFlavour} flavour */
async function installNative(context, flavour) {
  const wheels = engineWheels(flavour)
  if (!wheels) throw new ToolError(`there is no TensorFlow for ${process.arch}`)
  const folder = packageFolder(context.root)
  const engine = path.join(context.cache, 'engines', engineKey(wheels))
  if (!enginePresent(engine, wheels)) await unpackEngine({ wheels, folder: engine, context })
  const binding = path.join(engine, 'binding', `tfjs-node-gpu-${packageVersion(folder)}-${bindingKey()}`, 'tfjs_binding.node')
  if (!existsSync(binding)) await compileBinding({ engine, packageFolder: folder, to: binding, context })
  replace({ to: path.join(folder, BINDING), write: (file) => copyFileSync(binding, file) })
  replace({ to: path.join(folder, LIBRARIES), write: (file) => symlinkSync(path.join(engine, 'lib'), file) })
  writeFileSync(path.join(folder, NATIVE_MARKER), markerFor(wheels))
}

/** Its script downloads TensorFlow 2.9.1 from a storage host, which not every network reaches. @param {BindingContext} context */
async function installPrebuilt({ root, env, log, announce }) {
  const folder = packageFolder(root)
  rmSync(path.join(folder, NATIVE_MARKER), { force: true })
  await announce(`Installing the prebuilt library of ${PACKAGE} instead`, () =>
    runNpm({ root, env: withoutOwnNode({ root, env }), log, args: ['rebuild', '--no-ignore-scripts', PACKAGE] }),
  )
  if (!existsSync(path.join(folder, BINDING))) throw new ToolError(`its script left no ${BINDING}; its output is in ${log}`)
  writeFileSync(path.join(folder, PREBUILT_MARKER), `${JSON.stringify({ name: 'prebuilt', version: packageVersion(folder) })}\n`)
}

/** @param {import('../wheels/pinned-wheels.mjs').EngineWheels} wheels */
function markerFor(wheels) {
  const { flavour, tensorflow } = wheels
  return `${JSON.stringify({ name: 'native', version: tensorflow.version, flavour, key: engineKey(wheels), binding: bindingKey() })}\n`
}

/** @param {string} file */
function readMarker(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : null
}

/** @param {string} root */
function packageFolder(root) {
  return path.join(root, 'node_modules', PACKAGE)
}

/** @param {string} folder @returns {string} */
function packageVersion(folder) {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')).version
}

/** In one step, so that a process which loads it meanwhile finds the old or the new one. @param {{ to: string, write: (file: string) => void }} options */
function replace({ to, write }) {
  mkdirSync(path.dirname(to), { recursive: true })
  const beside = `${to}.new`
  rmSync(beside, { force: true, recursive: true })
  write(beside)
  renameSync(beside, to)
}
