import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { loadSplit } from '@trainyard/datasets'
import { loadEngine } from '@trainyard/tensorflow'
import { residentImages } from '@trainyard/training'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flowers102Root } from '../support/flowers102.ts'
import { expectRelativelyWithin, expectWithin } from './close.ts'
import { readGoldens } from './golden.ts'
import { runTrajectory, type Trajectory } from './trajectory.ts'

const flowers102 = flowers102Root()

describe.skipIf(flowers102.root === null)('PyTorch, the notebook’s network on Flowers102', () => {
  const [golden] = readGoldens('flowers102-none.json')
  if (!golden) throw new Error('no golden')
  let data: string
  let sha256: string
  let run: Trajectory
  beforeAll(async () => {
    data = await mkdtemp(path.join(os.tmpdir(), 'parity-'))
    const split = await loadSplit({ dataset: 'flowers102', split: 'train', imageSize: 128, folders: { data, flowers102: flowers102.root } })
    sha256 = split.sha256
    const { tf } = loadEngine(process.env)
    const images = residentImages(tf, { pixels: split.pixels, labels: split.labels, inputs: 3 * 128 * 128 })
    run = await runTrajectory(tf, golden, images)
  }, 300_000)
  afterAll(() => rm(data, { recursive: true, force: true }))

  test('the decoded train split has torchvision’s SHA-256', () => {
    expect(sha256).toBe('19cb395e78e7049ce0cabf01c403e24d7cccefe9d834bfd0f9522cc8fe1d073f')
  })

  test('first step — order, logits and gradient norms', () => {
    expect([...run.firstStep.order.slice(0, 16)]).toEqual(golden.firstStep.order)
    expectWithin(5e-6, [...run.firstStep.logitsRow0], golden.firstStep.logitsRow0)
    expectRelativelyWithin(1e-5, run.firstStep.gradNorms, golden.firstStep.gradNorms)
  })

  test('step losses — within 5e-6 in the first epoch, 5e-4 in all ten', () => {
    expectWithin(5e-6, run.stepLosses[0] ?? [], golden.stepLosses[0] ?? [])
    expectWithin(5e-4, run.stepLosses.flat(), golden.stepLosses.flat())
  })

  test('after ten epochs — parameter norms, loss and accuracy', () => {
    expectRelativelyWithin(1e-5, run.finalParameterNorms, golden.finalParameterNorms)
    expectWithin(5e-4, [run.history.at(-1)?.evalLoss ?? NaN], [golden.evalLoss])
    expectWithin(1e-2, [run.history.at(-1)?.evalAccuracy ?? NaN], [golden.evalAccuracy])
  })

  test('the notebook’s slow descent — near ln 102 at the start, lower after every epoch', () => {
    const losses = run.history.map(({ loss }) => loss)
    expect(Math.abs((run.stepLosses[0]?.[0] ?? NaN) - Math.log(102))).toBeLessThan(0.01)
    for (const [i, loss] of losses.entries()) if (i > 0) expect(loss).toBeLessThan(losses[i - 1] ?? NaN)
    expect((losses[0] ?? NaN) - (losses.at(-1) ?? NaN)).toBeLessThan(0.02)
  })
})
