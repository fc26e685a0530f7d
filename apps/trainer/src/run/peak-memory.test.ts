import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { ExperimentRequest } from '@trainyard/contracts'
import { networkCost, resolveConfig } from '@trainyard/planning'
import { expect, test } from 'vitest'

/** Trains one epoch on noise in a process of its own, which then prints its peak of resident memory in bytes. */
const TRAIN = `
import { SPLIT_COUNTS } from '@trainyard/contracts'
import { loadEngine } from '@trainyard/tensorflow'
import { gramMatrix, deviceImages, materializeModel, train } from '@trainyard/training'
import { trainOptions } from '${import.meta.dirname}/train-options.ts'
const config = JSON.parse(process.argv[1])
const { tf } = loadEngine(process.env)
const inputs = 3 * config.imageSize ** 2
const count = SPLIT_COUNTS[config.dataset].train
const pixels = new Uint8Array(count * inputs).fill(7)
const images = deviceImages(tf, { pixels, labels: new Uint8Array(count), inputs })
const kernel = config.firstLayer === 'dual' ? tf.doubles(await gramMatrix(tf, { rows: images, columns: images }), [count, count]) : null
const onEpochEnd = async (_, state) => kernel && materializeModel(tf, state.read(), { images })
await train(tf, { ...trainOptions(config, { train: { images }, evaluation: null }, kernel), lr: 1e-12, callbacks: [{ onEpochEnd }] })
process.stdout.write(String(process.resourceUsage().maxRSS * 1024))`

test.each([
  { firstLayer: 'direct', imageSize: 32, width: 4096, depth: 4, batchSize: 1020 },
  { firstLayer: 'direct', imageSize: 96, width: 512, depth: 3, batchSize: 1020 },
  { firstLayer: 'direct', imageSize: 128, width: 512, depth: 3, batchSize: 128 },
  { firstLayer: 'dual', imageSize: 128, width: 512, depth: 3, batchSize: 64 },
  { firstLayer: 'dual', imageSize: 64, width: 2048, depth: 3, batchSize: 64 },
])('networkCost() — no run takes more memory than it says: %j', async (shape) => {
  const request = { ...shape, dataset: 'synthetic-flowers', epochs: 1, evaluate: 'none' }
  const config = resolveConfig(ExperimentRequest.parse(request))
  const args = ['--input-type=module', '-e', TRAIN, JSON.stringify(config)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname })
  const { memoryBytes } = networkCost(config)
  expect(Number(stdout)).toBeLessThanOrEqual(memoryBytes)
  expect(memoryBytes).toBeLessThan(1.5 * Number(stdout)) // a larger estimate would refuse what fits
})
