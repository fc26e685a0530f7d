import { expect, test } from 'vitest'
import { trainingStateOf } from '@trainyard/testing/experiments/training-state'
import { createCheckpointSchedule } from './checkpoint-schedule.ts'

const state = (epoch: number) => trainingStateOf({ epoch, parameters: [], momenta: [], buffers: [] })

test('createCheckpointSchedule() — one when it is time, none while one is being written, one at once when asked', async () => {
  const written: number[] = []
  let nowMs = 0
  let finish: () => void = () => undefined
  const schedule = createCheckpointSchedule({
    everySeconds: 10,
    nowMs: () => nowMs,
    write: async ({ epoch }) => ({
      recorded: new Promise<void>((resolve) => {
        finish = () => {
          written.push(epoch)
          resolve()
        }
      }),
    }),
  })
  nowMs = 9_999
  await schedule.atEpochEnd(state(1), { now: false })
  nowMs = 10_000
  await schedule.atEpochEnd(state(2), { now: false })
  nowMs = 30_000
  await schedule.atEpochEnd(state(3), { now: false }) // the second one is still being written
  finish()
  await schedule.settle()
  expect(written).toEqual([2])
  const last = schedule.atEpochEnd(state(4), { now: true })
  await new Promise((resolve) => setImmediate(resolve))
  finish()
  await last
  expect(written).toEqual([2, 4])
})
