import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { pytorchModule } from '@trainyard/pytorch'
import { loadEngine } from '@trainyard/tensorflow'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createPhotoClassifier } from '../../apps/trainer/src/requests/predict-photo.ts'
import { expectWithin } from '../parity/close.ts'
import { presentPythonWithTorch } from '@trainyard/testing/python/python-with-torch'
import { caseImages } from './model-cases.ts'
import { BATCHES_TRACKED, BOUND, writeModels } from './written-models.ts'

const Answers = z.record(z.string(), z.object({ logits: z.array(z.number()), batchesTracked: z.array(z.number()) }))
const run = promisify(execFile)
const python = await presentPythonWithTorch()
const { folder, models, remove } = await writeModels()
afterAll(remove)

describe.skipIf(python === null)('PyTorch, by the generated module and model.safetensors', () => {
  let answers: z.infer<typeof Answers> = {}
  beforeAll(async () => {
    for (const written of models) {
      await writeFile(path.join(written.folder, 'module.py'), pytorchModule(written.config))
      await writeFile(path.join(written.folder, 'images.bin'), caseImages(written).first)
    }
    // one process: PyTorch takes seconds to load
    const script = path.join(import.meta.dirname, 'torch_logits.py')
    const { stdout } = await run(python ?? '', [script, folder, ...models.map(({ name }) => name)], { maxBuffer: 2 ** 26 })
    answers = Answers.parse(JSON.parse(stdout))
  }, 600_000)

  test.each(models)('$name: the same logits', ({ name, config, logits }) => {
    expectWithin(BOUND, answers[name]?.logits ?? [], logits)
    const norms = config.norm === 'batch' ? config.layerSizes : []
    expect(answers[name]?.batchesTracked).toEqual(norms.map(() => BATCHES_TRACKED))
  })

  test(
    'the module run as a program classifies a photo, taken with the camera on its side, as the trainer does',
    { timeout: 600_000 },
    async () => {
      const [written] = models
      if (!written) throw new Error('There are no cases')
      const gradient = Uint8Array.from({ length: 40 * 30 * 3 }, (_, i) => (i * 7) % 256)
      const photo = await sharp(gradient, { raw: { width: 40, height: 30, channels: 3 } })
        .jpeg()
        .withMetadata({ orientation: 6 })
        .toBuffer()
      const file = path.join(folder, 'photo.jpg')
      await writeFile(file, photo)
      const [module, weights] = ['module.py', 'model.safetensors'].map((name) => path.join(written.folder, name))
      const { stdout } = await run(python ?? '', [module ?? '', weights ?? '', file])
      const { config, folder: modelFolder } = written
      const classes = await createPhotoClassifier(loadEngine(process.env).tf)({ config, folder: modelFolder, photo })
      expect(stdout.trim().split('\n')).toEqual(classes.map(({ label, probability }) => `class ${label}: ${probability.toFixed(4)}`))
    },
  )
})
