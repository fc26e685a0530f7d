import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { type FromTrainer, ProbeCell, ProbeRequest } from '@trainyard/contracts'
import { loadEngine } from '@trainyard/tensorflow'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readTrainerFolders } from '../environment.ts'
import { createDeviceSplits, type DeviceSplits } from '../splits/device-cache.ts'
import { runProbe } from './run-probe.ts'

const { tf } = loadEngine(process.env)
let data: string
let splits: DeviceSplits
beforeAll(async () => {
  data = await mkdtemp(path.join(os.tmpdir(), 'run-probe-'))
  splits = createDeviceSplits(tf, readTrainerFolders({ ...process.env, TRAINYARD_DATA: data }))
})
afterAll(() => rm(data, { recursive: true, force: true }))

const SMALL: Partial<ProbeRequest> = { depths: [0, 2], norms: ['none', 'layer'], width: 32, imageSize: 8 }

async function run(fields: Partial<ProbeRequest>, signal = new AbortController().signal) {
  const messages: FromTrainer[] = []
  const send = async (message: FromTrainer): Promise<void> => void messages.push(message)
  const request = ProbeRequest.parse({ ...SMALL, ...fields })
  return { results: await runProbe({ type: 'probe', runId: 'p', request }, { tf, splits, send, signal }), messages }
}

test('a cell for each norm and depth: one draw has no deviation, three have the sample’s, and the draws are those of their seeds', async () => {
  const [one, three] = [await run({ draws: 1, seed: 6 }), await run({ draws: 3, seed: 5 })]
  expect(three.results.map(({ norm, depth }) => `${norm} ${depth}`)).toEqual(['none 0', 'none 2', 'layer 0', 'layer 2'])
  for (const [i, cell] of three.results.entries()) {
    ProbeCell.parse(cell)
    const values = cell.outputNorm.values.map(Number)
    const mean = values.reduce((sum, value) => sum + value, 0) / 3
    expect(cell.outputNorm.mean).toBeCloseTo(mean, 10)
    expect(cell.outputNorm.std).toBeCloseTo(Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2), 10)
    expect(one.results[i]?.outputNorm).toEqual({ mean: values[1], std: null, values: [values[1]] })
    expect(cell.layers).toHaveLength(cell.depth + 1)
  }
})

test('the same request gives the same numbers, and reports progress', async () => {
  const first = await run({ input: 'synthetic-flowers' })
  expect(first.messages).toContainEqual(expect.objectContaining({ type: 'phase', runId: 'p', phase: 'decode' }))
  expect(first.messages).toContainEqual(expect.objectContaining({ type: 'phase', runId: 'p', phase: 'evaluate' }))
  const second = await run({ input: 'synthetic-flowers' })
  expect(second.results).toEqual(first.results)
  expect((await run({})).results).not.toEqual(first.results)
})

test('an abort ends it, and nothing of it stays on the device', async () => {
  const before = tf.liveTensors()
  const abort = new AbortController()
  const running = run({ draws: 1000 }, abort.signal)
  abort.abort()
  await expect(running).rejects.toThrow('aborted')
  expect(tf.liveTensors()).toBe(before)
})
