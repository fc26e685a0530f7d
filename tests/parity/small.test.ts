import { gatherRows, loadEngine, type Runtime, scale, sliceRows, type Tensor, transpose, wholeNumbers } from '@trainyard/tensorflow'
import type { DeviceImages } from '@trainyard/training'
import { describe, expect, test } from 'vitest'
import { expectLossesWithin, expectRelativelyWithin, expectWithin } from './close.ts'
import { unit } from './formula.ts'
import { boundsOf, CHAOS, type Golden, goldenShape, readGoldens } from './golden.ts'
import { runTrajectory } from './trajectory.ts'

const { tf } = loadEngine(process.env)

/** The goldens' images by formula: floats that no byte can hold. */
function formulaImages(runtime: Runtime, golden: Golden): DeviceImages {
  const { inputs } = goldenShape(golden)
  const { samples } = golden
  const pixels = Float32Array.from({ length: samples * inputs }, (_, i) => unit(1000, i))
  const resident = runtime.tensor(pixels, { shape: [samples, inputs], dtype: 'float32' })
  const labelsOf = (indices: Int32Array): Int32Array => indices.map((i) => i % golden.classes)
  const allLabels = wholeNumbers(runtime, labelsOf(Int32Array.from({ length: samples }, (_, i) => i)))
  const labels = (indices: Tensor): Tensor => gatherRows(runtime, [allLabels, indices])
  return {
    count: samples,
    inputs,
    labels,
    labelsOf,
    pixels: (columns) =>
      runtime.scope(() => scale(runtime, transpose(runtime, sliceRows(runtime, transpose(runtime, resident), columns)), 255)),
    batch: (indices) => ({ x: gatherRows(runtime, [resident, indices]), labels: labels(indices) }),
    dispose: () => undefined,
  }
}

describe.each(readGoldens('small.json'))('PyTorch, small network, $name', (golden) => {
  const run = runTrajectory(tf, golden, formulaImages(tf, golden))
  const bounds = boundsOf(golden)

  test('first step — order, logits and gradient norms', async () => {
    const { firstStep } = await run
    expect([...firstStep.order.slice(0, 16)]).toEqual(golden.firstStep.order)
    expectWithin(5e-6, [...firstStep.logitsRow0], golden.firstStep.logitsRow0)
    expectRelativelyWithin(1e-5, { all: firstStep.logitsNorm }, { all: golden.firstStep.logitsNorm })
    expectRelativelyWithin(1e-5, firstStep.gradNorms, golden.firstStep.gradNorms)
  })

  test(`every step’s loss within ${bounds.loss}${bounds.chaoticAfter ? `, after the first ${bounds.chaoticAfter} within ${CHAOS}` : ''}`, async () => {
    const { stepLosses, history } = await run
    expectLossesWithin(bounds, stepLosses.flat(), golden.stepLosses.flat())
    expectWithin(
      bounds.chaoticAfter ? CHAOS : bounds.loss,
      history.map(({ loss }) => loss),
      golden.epochLosses,
    )
  })

  test('after the last epoch — norms of parameters and running averages, loss and accuracy', async () => {
    const { finalParameterNorms, history } = await run
    const last = history.at(-1)
    if (bounds.parameters !== null) expectRelativelyWithin(bounds.parameters, finalParameterNorms, golden.finalParameterNorms)
    expectWithin(bounds.chaoticAfter ? CHAOS : bounds.loss, [last?.evalLoss ?? NaN], [golden.evalLoss])
    expectWithin(bounds.chaoticAfter ? CHAOS : 1e-6, [last?.evalAccuracy ?? NaN], [golden.evalAccuracy])
  })
})
