import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { type ExperimentConfig, ExpectedError } from '@trainyard/contracts'
import { layersModelWeights } from '@trainyard/inference'
import type { ModelState } from '@trainyard/training'
import { exportedNames, exportedNetwork } from './exported-network.ts'

class ModelGoneError extends ExpectedError {
  constructor(options?: ErrorOptions) {
    super('MODEL_NOT_FOUND', "The model's files are not on this worker's host, or are damaged; train the experiment again", options)
  }
}

/** Reads back what `writeModel` wrote. */
export async function readModel({ folder, config }: { folder: string; config: ExperimentConfig }): Promise<ModelState> {
  const network = exportedNetwork(config)
  const names = exportedNames(network)
  const bytes = await readFile(path.join(folder, 'weights.bin')).catch((cause: unknown) => {
    throw new ModelGoneError({ cause })
  })
  const weights = layersModelWeights(network).map(({ shape }) => ({ shape, length: shape.reduce((product, size) => product * size, 1) }))
  if (bytes.length !== weights.reduce((sum, { length }) => sum + 4 * length, 0)) throw new ModelGoneError()
  const { buffer, byteOffset } = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes)
  let offset = byteOffset
  const arrays = weights.map(({ shape, length }, i) => {
    const values = new Float32Array(buffer, offset, length)
    offset += 4 * length
    return { name: names[i] ?? '', shape, values }
  })
  const isBuffer = ({ name }: { name: string }): boolean => name.includes('.running_')
  return { epoch: 0, parameters: arrays.filter((array) => !isBuffer(array)), buffers: arrays.filter(isBuffer) }
}
