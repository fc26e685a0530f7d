import { expect, test } from 'vitest'
import { ProbeRequest } from '@trainyard/contracts'
import { probeMemoryBytes } from './probe-memory.ts'

/** Peak resident memory of a process that carried them out, in MiB. */
const measured: [Partial<ProbeRequest>, number][] = [
  [{}, 596],
  [{ depths: [64], width: 2048, batchSize: 2, imageSize: 8, norms: ['none'] }, 1454],
  [{ depths: [64], width: 2048, batchSize: 512, imageSize: 64, norms: ['batch'] }, 8791],
  [{ depths: [64], width: 256, batchSize: 2048, imageSize: 8, norms: ['batch'] }, 7297],
  [{ depths: [32, 64], width: 256, batchSize: 2048, imageSize: 8, norms: ['none'] }, 5666],
  [{ depths: [1], width: 2048, batchSize: 16, imageSize: 256, norms: ['none'] }, 3604],
]

test.each(measured)('%j — the estimate is never below what was measured', (request, mib) => {
  expect(probeMemoryBytes(ProbeRequest.parse(request)) / 2 ** 20).toBeGreaterThan(mib)
})

test('the default is far below what any machine has', () => {
  expect(probeMemoryBytes(ProbeRequest.parse({}))).toBeLessThan(2 ** 30)
})
