import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import type { ExperimentConfig, ModelKind, StoredModel } from '@trainyard/contracts'
import { CLASS_NAMES } from '@trainyard/datasets'
import { layersModelJson, layersModelWeights } from '@trainyard/inference'
import type { ModelState, Parameter } from '@trainyard/training'
import { exportedArrays, exportedNetwork } from './exported-network.ts'
import { encodeSafetensors, type SafeTensor } from './safetensors.ts'
import { transposedRows } from './transposed-rows.ts'

export interface ModelToWrite {
  /** Where it will lie; written beside it and renamed, so that a torn model never has the name. */
  folder: string
  config: ExperimentConfig
  state: ModelState
  kind: ModelKind
  /** The epoch after which it was taken. */
  epoch: number
  /** Batches that batch norm's running averages have seen: PyTorch counts them, too. */
  batchesTracked: number
}

/** Writes a model for TensorFlow.js (model.json, weights.bin) and for PyTorch (model.safetensors). */
export async function writeModel({ folder, config, state, kind, epoch, batchesTracked }: ModelToWrite): Promise<StoredModel> {
  const part = `${folder}.part`
  await rm(part, { recursive: true, force: true })
  await mkdir(part, { recursive: true })
  const network = exportedNetwork(config)
  const arrays = exportedArrays(network, state)
  const weightRanges = Object.fromEntries(
    layersModelWeights(network).map(({ name }, i) => [name, rangeOf(arrays[i] ?? new Float32Array(1))]),
  )
  const json = Buffer.from(JSON.stringify(layersModelJson(network, { classNames: CLASS_NAMES, weightRanges })))
  const bytes = [
    await writePieces(path.join(part, 'model.json'), [json]),
    await writePieces(path.join(part, 'weights.bin'), arrays.map(bytesOf)),
    await writePieces(path.join(part, 'model.safetensors'), encodeSafetensors(pytorchTensors(state, batchesTracked), { format: 'pt' })),
  ]
  await rm(folder, { recursive: true, force: true })
  await rename(part, folder)
  return { kind, epoch, bytes: bytes.reduce((sum, each) => sum + each, 0), folder: path.basename(folder) }
}

async function writePieces(file: string, pieces: Iterable<Uint8Array>): Promise<number> {
  const handle: FileHandle = await open(file, 'w')
  let bytes = 0
  try {
    for (const piece of pieces) {
      await handle.writeFile(piece)
      bytes += piece.byteLength
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  return bytes
}

const bytesOf = (values: Float32Array): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength)

function rangeOf(values: Float32Array): [number, number] {
  let [lowest, highest] = [Infinity, -Infinity]
  for (const value of values) {
    if (value < lowest) lowest = value
    if (value > highest) highest = value
  }
  return [lowest, highest]
}

/** The module's state_dict: a Linear's weight is (units, inputs) there. */
function pytorchTensors({ parameters, buffers }: ModelState, batchesTracked: number): SafeTensor[] {
  const tracked = buffers.filter(({ name }) => name.endsWith('.running_mean'))
  return [
    // the 8-byte numbers first, as the reference encoder has them: then every array is aligned
    ...tracked.map(({ name }) => countTensor(name.replace('running_mean', 'num_batches_tracked'), batchesTracked)),
    ...[...parameters, ...buffers].map(pytorchTensor),
  ]
}

function pytorchTensor({ name, shape, values }: Parameter): SafeTensor {
  const isMatrix = shape.length === 2
  return {
    name,
    dtype: 'F32',
    shape: isMatrix ? shape.toReversed() : shape,
    *pieces() {
      if (!isMatrix) yield bytesOf(values)
      else for (const rows of transposedRows(values, shape)) yield bytesOf(rows)
    },
  }
}

function countTensor(name: string, count: number): SafeTensor {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(BigInt(count))
  return { name, dtype: 'I64', shape: [], pieces: () => [bytes] }
}
