import { expect, test } from 'vitest'
import { type BatchReport, createBatchReporter } from './batch-reporter.ts'

test('createBatchReporter() — the first step at once, then at most one report in 250 ms, every loss once, none across epochs', async () => {
  const reports: BatchReport[] = []
  let clockMs = 0
  const reporter = createBatchReporter(
    async (batch) => void reports.push(batch),
    () => clockMs,
  )
  for (let epoch = 1; epoch <= 2; epoch++) {
    for (let step = 1; step <= 5; step++) {
      clockMs += 100
      await reporter.add({ epoch, step, loss: epoch + step / 10 })
    }
    await reporter.flush()
  }
  expect(reports.map(({ epoch, firstStep, losses }) => [epoch, firstStep, losses.length])).toEqual([
    [1, 1, 1],
    [1, 2, 3],
    [1, 5, 1],
    [2, 1, 3],
    [2, 4, 2],
  ])
  expect(reports.flatMap(({ losses }) => [...losses])).toEqual([1.1, 1.2, 1.3, 1.4, 1.5, 2.1, 2.2, 2.3, 2.4, 2.5].map(Math.fround))
})
