import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { registerLayers } from '@trainyard/inference'
import { loadTfjs } from '@trainyard/tensorflow'
import { afterAll, expect, test } from 'vitest'
import { quantisedModel, quantiser } from '../../apps/api/src/models/quantised-weights.ts'
import { type WrittenModel, writeModels } from './written-models.ts'

const { models, remove } = await writeModels()
afterAll(remove)
const tfjs = loadTfjs()
registerLayers(tfjs)

/** The model as the API sends it with `?weights=uint8`; what one of a byte's steps is worth in each weight. */
async function quantise({ folder }: WrittenModel): Promise<{ quantised: string; steps: number[] }> {
  const quantised = path.join(folder, 'uint8')
  await mkdir(quantised)
  const { json, weights } = quantisedModel(await readFile(path.join(folder, 'model.json'), 'utf8'))
  await writeFile(path.join(quantised, 'model.json'), json)
  const output = createWriteStream(path.join(quantised, 'weights.bin'))
  await pipeline(createReadStream(path.join(folder, 'weights.bin')), quantiser(weights), output)
  return { quantised, steps: weights.map(({ scale }) => scale) }
}

/** By name: the order of a LayersModel's own list is another one. */
async function weightsOf(folder: string): Promise<Map<string, Float32Array>> {
  const model = await tfjs.loadLayersModel(`file://${path.join(folder, 'model.json')}`)
  const weights = model.weights.map((weight): [string, Float32Array] => [weight.originalName, Float32Array.from(weight.read().dataSync())])
  model.dispose()
  return new Map(weights)
}

test.each(models)('weights as bytes — $name: tfjs loads them, each within a byte’s step', async (written) => {
  const { quantised, steps } = await quantise(written)
  const { weightsManifest } = JSON.parse(await readFile(path.join(written.folder, 'model.json'), 'utf8'))
  const [whole, small] = [await weightsOf(written.folder), await weightsOf(quantised)]
  const names: string[] = weightsManifest[0].weights.map(({ name }: { name: string }) => name)
  expect([...small.keys()].toSorted()).toEqual(names.toSorted())
  for (const [i, name] of names.entries()) {
    const errors = whole.get(name)?.map((value, at) => Math.abs(value - (small.get(name)?.[at] ?? NaN))) ?? []
    expect(Math.max(...errors), name).toBeLessThanOrEqual(steps[i] ?? 0)
  }
})
