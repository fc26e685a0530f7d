import { expect, test } from 'vitest'
import { detailedEpochs, lossCurves, stepPoints } from './run-curves.ts'

const epochs = {
  epoch: [1, 2],
  loss: [4, 2],
  accuracy: [0, 0.5],
  evalLoss: [5, NaN],
  evalAccuracy: [NaN, NaN],
  evalTop5Accuracy: [NaN, NaN],
}

test('loss — the same curves whether smoothed or not, the raw ones behind', () => {
  const [plain, smooth] = [0, 0.5].map((smoothing) => lossCurves({ epochs, steps: { x: [0.5, 1], y: [5, 3] }, smoothing }))
  const shape = (curves = plain) => curves?.map(({ label, faint = false }) => [label, faint])
  expect(shape(smooth)).toEqual(shape(plain))
  expect(plain?.find(({ label }) => label === 'train')?.y).toEqual([4, 2])
  expect(plain?.find(({ label }) => label === 'train, raw')?.y).toEqual([null, null])
  expect(smooth?.find(({ label }) => label === 'train')?.y[1]).toBeCloseTo(8 / 3, 12)
  expect(smooth?.find(({ label }) => label === 'train, raw')?.y).toEqual([4, 2])
})

test.each([
  [null, 1, [1]],
  [null, 8, [1, 2, 3, 4, 5, 6, 7, 8]],
  [null, 9, []],
  [{ min: 3, max: 5 }, 30, [4, 5]],
  [{ min: 3.2, max: 5.1 }, 30, [4, 5, 6]],
  [{ min: 10, max: 25 }, 30, []],
  [{ min: 28.5, max: 31 }, 30, [29, 30]],
  [null, 0, []],
])('in %j of %i epochs, steps of %j', (range, lastEpoch, wanted) => {
  expect(detailedEpochs({ range, lastEpoch })).toEqual(wanted)
})

test('steps lie between epochs; a live one stands over the same one that was asked for', () => {
  const asked = [{ items: [1, 2].map((step) => ({ epoch: 1, step, loss: 4 })) }, { items: [{ epoch: 2, step: 1, loss: 3 }] }]
  const live = { epoch: [2, 2, 3], step: [1, 2, 1], loss: [2.5, 2, 9] }
  expect(stepPoints({ epochs: [1, 2], asked, live, stepsPerEpoch: 2 })).toEqual({ x: [0.5, 1, 1.5, 2], y: [4, 4, 2.5, 2] })
})
