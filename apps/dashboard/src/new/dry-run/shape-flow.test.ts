import { expect, test } from 'vitest'
import { flowHeight, shapeFlow } from './shape-flow.ts'

const shapes = { images: [64, 3, 32, 32], targets: [64], logits: [64, 102] }

test('shapeFlow() — equal layers in a row are one stage', () => {
  const hidden = [
    [64, 8],
    [64, 16],
    [64, 16],
    [64, 16],
    [64, 8],
  ]
  expect(shapeFlow({ ...shapes, hidden }).map(({ name, layers }) => [name, layers])).toEqual([
    ['images', 1],
    ['hidden 1', 1],
    ['hidden 2–4', 3],
    ['hidden 5', 1],
    ['logits', 1],
  ])
})

test('shapeFlow() — no hidden layer; the largest stage has the full height', () => {
  const stages = shapeFlow({ ...shapes, hidden: [] })
  expect(stages.map(({ name }) => name)).toEqual(['images', 'logits'])
  expect(stages.map((stage) => flowHeight(stage, stages)).map((height) => height.toFixed(2))).toEqual(['1.00', '0.58'])
})
