import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { createClient } from '@trainyard/client'
import { type ExperimentConfig, ExperimentRequest } from '@trainyard/contracts'
import { resolveConfig } from '@trainyard/planning'
import { pytorchModule } from '@trainyard/pytorch'
import { loadSplit } from '@trainyard/datasets'
import { epochOrder, type ModelState } from '@trainyard/training'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { readWeights } from '../../apps/trainer/src/files/read-weights.ts'
import { expectWithin } from '../parity/close.ts'
import { presentPythonWithTorch } from '@trainyard/testing/python/python-with-torch'
import { type Service, startService, stopAndRemove } from '@trainyard/testing/services/service'

const Answers = z.record(z.string(), z.object({ losses: z.array(z.number()), evalLosses: z.array(z.number()) }))
const SHARED = { dataset: 'synthetic-flowers', lr: 0.01, momentum: 0.9, batchSize: 64, epochs: 2, seed: 7, keepModel: 'final' } as const
const LOSS_BOUND = 1e-5
interface Bounds {
  parameters: number
  buffers: number
}
/** Of weights after two epochs of rounding in float32. What a first layer's weights differ by adds up over all pixels in the averages behind it. */
const AFTER_TRAINING: Bounds = { parameters: 1e-5, buffers: 1e-3 }
/** Every batch moves batch norm's averages, whatever lr is. */
const AS_IT_CAME: Bounds = { parameters: 1e-8, buffers: Infinity }

const cases = [
  { imageSize: 16, layerSizes: [48, 32], norm: 'none', firstLayer: 'direct' },
  { imageSize: 32, layerSizes: [48, 32], norm: 'none', firstLayer: 'dual' },
  { imageSize: 16, layerSizes: [], norm: 'none', firstLayer: 'direct' },
  { imageSize: 16, layerSizes: [32], norm: 'none', bias: false, firstLayer: 'direct' },
  { imageSize: 16, layerSizes: [48, 32], norm: 'batch', firstLayer: 'direct' },
  { imageSize: 32, layerSizes: [48, 32], norm: 'batch', normPosition: 'after', firstLayer: 'dual' },
  { imageSize: 32, layerSizes: [48, 32], norm: 'layer', firstLayer: 'dual' },
  { imageSize: 16, layerSizes: [48, 32], norm: 'layer', normPosition: 'after', normAffine: false, firstLayer: 'direct' },
  { imageSize: 16, layerSizes: [48, 32], norm: 'group', groupSize: 8, firstLayer: 'direct' },
].map((request, i) => ({
  name: `${i}-${request.norm}-${request.firstLayer}`,
  config: resolveConfig(ExperimentRequest.parse({ ...SHARED, ...request })),
}))

const python = await presentPythonWithTorch()

describe.skipIf(python === null)('training that begins with the weights of a PyTorch model', () => {
  let folder: string
  let service: Service
  let answers: z.infer<typeof Answers> = {}
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'torch-begin-'))
    for (const { name, config } of cases) await writeCase(path.join(folder, name), config)
    const { epochs, lr, momentum, batchSize } = SHARED
    const script = path.join(import.meta.dirname, 'torch_begin.py')
    const numbers = [epochs, lr, momentum, batchSize].map(String)
    const { stdout } = await promisify(execFile)(python ?? '', [script, folder, ...numbers, ...cases.map(({ name }) => name)])
    answers = Answers.parse(JSON.parse(stdout))
    service = await startService()
  }, 600_000)
  afterAll(async () => {
    await stopAndRemove(service)
    await rm(folder, { recursive: true, force: true })
  })

  async function writeCase(to: string, config: ExperimentConfig): Promise<void> {
    await mkdir(to)
    await writeFile(path.join(to, 'module.py'), pytorchModule(config))
    for (const split of ['train', 'val'] as const) {
      const { dataset, imageSize } = config
      const { pixels, labels } = await loadSplit({ dataset, split, imageSize, folders: { data: folder, flowers102: null } })
      await writeFile(path.join(to, `${split}.bin`), pixels)
      await writeFile(path.join(to, `${split}-labels.bin`), labels)
      if (split === 'train') {
        const orders = Array.from({ length: SHARED.epochs }, (_, i) =>
          epochOrder({ seed: SHARED.seed, epoch: i + 1, count: labels.length }),
        )
        await writeFile(path.join(to, 'order.bin'), Buffer.concat(orders.map((order) => Buffer.from(order.buffer))))
      }
    }
  }

  const begin = (name: string): string => path.join(folder, name, 'begin.safetensors')
  /** The same flags for all, and of the norm what the weights do not determine. */
  async function run({ name, config }: (typeof cases)[number], changes: Record<string, number> = {}) {
    const { norm, normPosition, groupSize, firstLayer } = config
    const common = {
      dataset: SHARED.dataset,
      seed: SHARED.seed,
      'batch-size': SHARED.batchSize,
      'keep-model': SHARED.keepModel,
      'first-layer': firstLayer,
    }
    const ofNorm = norm === 'none' ? {} : { norm, 'norm-position': normPosition, ...(groupSize !== null && { 'group-size': groupSize }) }
    const rates = { lr: SHARED.lr, momentum: SHARED.momentum, epochs: SHARED.epochs, ...changes }
    const flags = Object.entries({ ...common, ...ofNorm, ...rates }).flatMap(([flag, value]) => [`--${flag}`, String(value)])
    const { stdout } = await service.cli('import', begin(name), ...flags, '--json')
    const { experiments } = createClient({ baseUrl: service.url })
    const experiment = await experiments.wait(z.object({ id: z.string() }).parse(JSON.parse(stdout)).id)
    expect(experiment).toMatchObject({ state: 'completed', error: null })
    const model = await experiments.modelFile(experiment.id, { kind: 'final', file: 'model.safetensors' })
    const file = path.join(folder, name, 'ours.safetensors')
    await writeFile(file, new Uint8Array(await model.arrayBuffer()))
    return { experiment, epochs: (await experiments.epochs(experiment.id)).items, file }
  }

  async function stateIn(file: string, config: ExperimentConfig): Promise<ModelState> {
    const initialWeights = createHash('sha256')
      .update(await readFile(file))
      .digest('hex')
    return readWeights({ folder: path.dirname(file), file: path.basename(file), config: { ...config, initialWeights } })
  }

  /** Every array, number by number. */
  async function expectSameWeights(bounds: Bounds, { file, other, config }: { file: string; other: string; config: ExperimentConfig }) {
    const [ours, theirs] = [await stateIn(file, config), await stateIn(other, config)]
    for (const kind of ['parameters', 'buffers'] as const) {
      expect(ours[kind].map(({ name }) => name)).toEqual(theirs[kind].map(({ name }) => name))
      for (const [i, { name, values }] of ours[kind].entries()) {
        const wanted = theirs[kind][i]?.values
        const distance = values.reduce((most, value, at) => Math.max(most, Math.abs(value - (wanted?.[at] ?? NaN))), 0)
        expect(distance, name).toBeLessThanOrEqual(bounds[kind])
      }
    }
  }

  test.each(cases)('$name — losses, evaluation and weights of two epochs as PyTorch’s', async ({ name, config }) => {
    const { experiment, epochs, file } = await run({ name, config })
    expect({ ...experiment.config, initialWeights: null }).toEqual(config)
    expectWithin(
      LOSS_BOUND,
      epochs.map(({ loss }) => Number(loss)),
      answers[name]?.losses ?? [],
    )
    expectWithin(
      LOSS_BOUND,
      epochs.map(({ evalLoss }) => Number(evalLoss)),
      answers[name]?.evalLosses ?? [],
    )
    await expectSameWeights(AFTER_TRAINING, { file, other: path.join(folder, name, 'end.safetensors'), config })
  })

  test.each(cases)('$name — what is hardly trained is exported as it was imported', async (each) => {
    const { file } = await run(each, { lr: 1e-12, momentum: 0, epochs: 1 })
    await expectSameWeights(AS_IT_CAME, { file, other: begin(each.name), config: each.config })
  })
})
