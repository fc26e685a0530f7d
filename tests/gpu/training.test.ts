import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import type { LoadedEngine } from '@trainyard/tensorflow'
import { OutOfMemoryError, deviceImages, train, type SavedState } from '@trainyard/training'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { engineOnGpu } from './engine-on-gpu.ts'
import { allRuns, EPOCHS, type ShortRun, shortRun, ShortRunResult } from './short-run.ts'

const Printed = z.object({ device: z.string(), results: z.array(ShortRunResult) })
/** Losses of a GPU may differ from a CPU's so far: both round, and sum in orders of their own. */
const LOSS_BOUND = { direct: 1e-4, dual: 1e-9 }
/** A ReLU that flips by rounding changes what comes after it, most of all behind batch norm: later epochs are not compared so closely. */
const CLOSE_EPOCHS = 1

const gpu = engineOnGpu()
const loaded = (): LoadedEngine => {
  if (!gpu) throw new Error('Skipped without a GPU')
  return gpu
}

/** The short runs in a process of their own. */
async function inAnotherProcess(env: NodeJS.ProcessEnv): Promise<z.infer<typeof Printed>> {
  const main = path.join(import.meta.dirname, 'short-run.main.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [main], { env: { ...process.env, ...env }, maxBuffer: 2 ** 24 })
  return Printed.parse(JSON.parse(stdout))
}

describe.skipIf(gpu === null)('training on a GPU', () => {
  const named = allRuns.map((run, index) => ({ ...run, index }))

  test.each(named)('$firstLayer first layer, norm $norm — starts near ln(classes), and the loss falls', async (run) => {
    const { steps, evalLosses } = await shortRun(loaded().tf, run)
    expect(Math.abs((steps[0] ?? NaN) - Math.log(10))).toBeLessThan(0.6)
    expect(evalLosses.at(-1)).toBeLessThan(evalLosses[0] ?? NaN)
  })

  test.each(named)('$firstLayer first layer, norm $norm — run again: the same bits', async (run) => {
    expect(await shortRun(loaded().tf, run)).toEqual(await shortRun(loaded().tf, run))
  })

  test.each(named)('$firstLayer first layer, norm $norm — resumed: the bits of an uninterrupted run', async (run) => {
    const states: SavedState[] = []
    const whole = await shortRun(loaded().tf, run, { onEpochEnd: (_, state) => void states.push(state.read()) })
    const [, middle] = states
    const resumed = await shortRun(loaded().tf, run, middle ? { start: middle } : {})
    expect(resumed.hashes).toEqual(whole.hashes.slice(2))
    expect(resumed.steps).toEqual(whole.steps.slice(whole.steps.length / 2))
  })

  test.each(named)('$firstLayer first layer, norm $norm — as many tensors after every epoch, none after the run', async (run) => {
    const { tf } = loaded()
    const before = tf.liveTensors()
    const counts: number[] = []
    await shortRun(tf, run, { onEpochEnd: () => void counts.push(tf.liveTensors()) })
    expect(counts).toEqual(Array.from({ length: EPOCHS }, () => counts[0]))
    expect(tf.liveTensors()).toBe(before)
  })

  test('in another process — the same bits', async () => {
    const [first, second] = [await inAnotherProcess({}), await inAnotherProcess({})]
    expect(first.device).toMatch(/^GPU/)
    expect(second).toEqual(first)
  }, 600_000)

  test('beside the same runs on the CPU — the losses of the first epoch are near', async () => {
    const onGpu = await inAnotherProcess({})
    const onCpu = await inAnotherProcess({ CUDA_VISIBLE_DEVICES: '-1', TRAINYARD_ENGINE: 'cpu' })
    expect(onCpu.device).toMatch(/^CPU/)
    for (const { firstLayer, norm, index } of named) {
      const stepsOf = ({ results }: z.infer<typeof Printed>): number[] => {
        const steps = results[index]?.steps ?? []
        return steps.slice(0, (CLOSE_EPOCHS * steps.length) / EPOCHS)
      }
      const [ours, theirs] = [stepsOf(onGpu), stepsOf(onCpu)]
      const distance = Math.max(...ours.map((loss, i) => Math.abs(loss - (theirs[i] ?? NaN))))
      expect(distance, `${firstLayer}, ${norm}`).toBeLessThan(LOSS_BOUND[firstLayer])
    }
  }, 600_000)

  test('a network that no GPU holds — OUT_OF_MEMORY, and the next run goes as ever', async () => {
    const { tf } = loaded()
    const inputs = 3 * 512 * 512
    const images = deviceImages(tf, { pixels: new Uint8Array(2 * inputs), labels: Uint8Array.of(0, 1), inputs })
    const before = tf.liveTensors()
    const tooLarge = train(tf, {
      shape: { inputs, layerSizes: [2 ** 18], classes: 2, bias: true, norm: null }, // 824 GB
      ...{ trainImages: images, evalImages: null, batchSize: 2, epochs: 1, lr: 0.1, momentum: 0.9, seed: 0 },
    })
    await expect(tooLarge).rejects.toThrow(OutOfMemoryError)
    expect(tf.liveTensors()).toBe(before)
    images.dispose()
    const run: ShortRun = { norm: 'none', firstLayer: 'direct' }
    expect((await shortRun(tf, run)).hashes).toHaveLength(EPOCHS)
  })
})
