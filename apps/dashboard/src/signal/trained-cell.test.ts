import { ExperimentRequest, ProbeRequest } from '@trainyard/contracts'
import { expect, test } from 'vitest'
import { formAddress, trainedCell } from './trained-cell.ts'

const cell = { norm: 'group', bias: false, depth: 7, predicted: 5, measured: null } as const

test('the probe’s network as an experiment, and as the form that makes it', () => {
  const request = ProbeRequest.parse({ width: 64, imageSize: 32, groupSize: 16, normPosition: 'after', seed: 3 })
  const input = trainedCell(cell, request)
  expect(ExperimentRequest.parse(input)).toMatchObject({
    dataset: 'synthetic-flowers',
    imageSize: 32,
    depth: 7,
    width: 64,
    norm: 'group',
    normPosition: 'after',
    groupSize: 16,
    bias: false,
    seed: 3,
    lr: 0.02,
    epochs: 10,
  })
  expect(formAddress(input)).toBe(
    '/new?dataset=synthetic-flowers&imageSize=32&depth=7&width=64&norm=group&bias=false&seed=3&normPosition=after&groupSize=16&lr=0.02&epochs=10',
  )
})

test('images of a dataset stay its images; what has no effect is left out; larger images take smaller steps', () => {
  const input = trainedCell({ ...cell, norm: 'none', bias: true }, ProbeRequest.parse({ input: 'flowers102' }))
  expect(input).toEqual({
    dataset: 'flowers102',
    imageSize: 128,
    depth: 7,
    width: 512,
    norm: 'none',
    bias: true,
    seed: 0,
    lr: 0.001,
    epochs: 10,
  })
})
