import path from 'node:path'
import { registerLayers } from '@trainyard/inference'
import { loadTfjs } from '@trainyard/tensorflow'
import { afterAll, test } from 'vitest'
import { expectWithin } from '../parity/close.ts'
import { caseImages, IMAGES, type ModelCase } from './model-cases.ts'
import { BOUND, writeModels } from './written-models.ts'

const { folder, models, remove } = await writeModels()
afterAll(remove)
const tfjs = loadTfjs()
registerLayers(tfjs)

const load = (from: string) => tfjs.loadLayersModel(`file://${path.join(from, 'model.json')}`)

async function logitsOf(modelCase: ModelCase, from: string): Promise<number[]> {
  const { imageSize } = modelCase.config
  const loaded = await load(from)
  const x = tfjs.tensor4d(caseImages(modelCase).last, [IMAGES, imageSize, imageSize, 3])
  const [logits] = [loaded.predict(x)].flat()
  loaded.dispose()
  return [...(logits?.dataSync() ?? [])]
}

test.each(models)('tfjs in Node — $name: the same logits', async (written) => {
  expectWithin(BOUND, await logitsOf(written, written.folder), written.logits)
})

test('a model with group norm that is loaded and saved again — the same logits', async () => {
  const written = models.find(({ config }) => config.norm === 'group')
  if (!written) throw new Error('No case has group norm')
  const saved = path.join(folder, 'saved-again')
  await (await load(written.folder)).save(`file://${saved}`)
  expectWithin(BOUND, await logitsOf(written, saved), written.logits)
})
