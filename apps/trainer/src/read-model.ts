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
  let offset = bytes.byteOffset
  const arrays = layersModelWeights(network).map(({ shape }, i) => {
    const length = shape.reduce((product, size) => product * size, 1)
    if (offset + 4 * length > bytes.byteOffset + bytes.length) throw new ModelGoneError()
    const values = new Float32Array(bytes.buffer.slice(offset, offset + 4 * length))
    offset += 4 * length
    return { name: names[i] ?? '', shape, values }
  })
  const isBuffer = ({ name }: { name: string }): boolean => name.includes('.running_')
  return { epoch: 0, parameters: arrays.filter((array) => !isBuffer(array)), buffers: arrays.filter(isBuffer) }
}
