import { mkdtemp, rename, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { ExperimentRequest } from '@trainyard/contracts'
import { resolveConfig } from '@trainyard/planning'
import { CLASS_NAMES, readPhoto } from '@trainyard/datasets'
import { loadEngine } from '@trainyard/tensorflow'
import { createNetwork, type ModelState, toModelState } from '@trainyard/training'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPhotoClassifier } from './predict-photo.ts'
import { networkShape } from '../run/train-options.ts'
import { writeModel } from '../files/write-model.ts'

const { tf } = loadEngine(process.env)
const config = resolveConfig(ExperimentRequest.parse({ imageSize: 16, layerSizes: [12], norm: 'layer' }))
const shape = networkShape(config)

let base: string
let photo: Buffer
beforeAll(async () => {
  base = await mkdtemp(path.join(os.tmpdir(), 'trainyard-photo-'))
  const noise = Uint8Array.from({ length: 90 * 70 * 3 }, (_, i) => (i * 7 + (i >> 6) * 13) % 256)
  photo = await sharp(noise, { raw: { width: 90, height: 70, channels: 3 } })
    .jpeg()
    .toBuffer()
})
afterAll(() => rm(base, { recursive: true }))

/** Writes the network that a seed draws. */
async function model(seed: number): Promise<{ folder: string; state: ModelState }> {
  const network = createNetwork(tf, shape, { seed })
  const state = toModelState(network.state(1).read())
  network.dispose()
  const folder = path.join(base, `seed-${seed}`)
  await writeModel({ folder, config, state, kind: 'final', epoch: 1, batchesTracked: 16 })
  return { folder, state }
}

/** exp(logit) / Σ exp(logit) of the network itself, on the photo's pixels. */
async function expectedProbabilities(state: ModelState): Promise<number[]> {
  const pixels = Float32Array.from(await readPhoto(photo, config.imageSize), (byte) => byte / 255)
  const network = createNetwork(tf, shape, { model: state })
  const x = tf.tensor(pixels, { shape: [1, shape.inputs], dtype: 'float32' })
  const output = network.logits(x)
  const powers = Array.from(tf.readFloats(output), Math.exp)
  tf.dispose(x, output)
  network.dispose()
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}

test('the five likeliest classes, first the likeliest, with their names', async () => {
  const { folder, state } = await model(1)
  const classes = await createPhotoClassifier(tf)({ config, folder, photo })
  const expected = (await expectedProbabilities(state))
    .map((probability, label) => ({ probability, label }))
    .toSorted((a, b) => b.probability - a.probability)
    .slice(0, 5)
  expect(classes.map(({ label }) => label)).toEqual(expected.map(({ label }) => label))
  expect(classes.map(({ name }) => name)).toEqual(expected.map(({ label }) => CLASS_NAMES[label]))
  classes.forEach(({ probability }, i) => expect(probability).toBeCloseTo(expected[i]?.probability ?? NaN, 6))
})

test('the next photo — by the model that is loaded already, and no tensor stays behind', async () => {
  const namePhoto = createPhotoClassifier(tf)
  const { folder } = await model(2)
  const first = await namePhoto({ config, folder, photo })
  const alive = tf.liveTensors()
  await rename(folder, `${folder}-away`)
  expect(await namePhoto({ config, folder, photo })).toEqual(first)
  expect(tf.liveTensors()).toBe(alive)
})

test('another model — its own answer, and the previous one is disposed of', async () => {
  const namePhoto = createPhotoClassifier(tf)
  const [one, other] = [await model(3), await model(4)]
  const first = await namePhoto({ config, folder: one.folder, photo })
  const alive = tf.liveTensors()
  expect(await namePhoto({ config, folder: other.folder, photo })).not.toEqual(first)
  expect(tf.liveTensors()).toBe(alive)
  expect(await namePhoto({ config, folder: one.folder, photo })).toEqual(first)
})

test('no model and no photo — each said, and neither costs the model that is loaded', async () => {
  const namePhoto = createPhotoClassifier(tf)
  const { folder } = await model(5)
  const first = await namePhoto({ config, folder, photo })
  const alive = tf.liveTensors()
  await expect(namePhoto({ config, folder: path.join(base, 'nowhere'), photo })).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
  await expect(namePhoto({ config, folder, photo: Buffer.from('text') })).rejects.toMatchObject({ code: 'PHOTO_UNREADABLE' })
  expect(await namePhoto({ config, folder, photo })).toEqual(first)
  expect(tf.liveTensors()).toBe(alive)
})
