import { createClient } from '@trainyard/client'
import { isMaximised } from '@trainyard/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { poll } from '@trainyard/testing/inputs/poll'
import { type Service, startService, stopAndRemove } from '@trainyard/testing/services/service'

let service: Service
beforeAll(async () => {
  service = await startService({ flags: ['--workers', '2'] })
}, 200_000)
afterAll(() => stopAndRemove(service))

test('an ASHA sweep — a worker is killed in its middle; it completes, has stopped some early, and the best trial ran to its end', async () => {
  const { sweeps, workers, experiments } = createClient({ baseUrl: service.url })
  const { id } = await sweeps.create({
    base: { dataset: 'synthetic-flowers', imageSize: 16, depth: 1, width: 32, epochs: 27 },
    space: { lr: { min: 1e-5, max: 1, scale: 'log' } },
    ...{ strategy: 'asha', trials: 12, maxConcurrent: 2, asha: { minEpochs: 1, reductionFactor: 3 } },
  })
  await poll(async () => expect((await sweeps.get(id)).ended).toBeGreaterThan(2), { timeoutMs: 120_000 })
  const worker = (await workers.list()).items.find(({ slots }) => slots.some(({ experimentId }) => experimentId !== null))
  process.kill(worker?.pid ?? 0, 'SIGKILL')
  const sweep = await poll(
    async () => {
      const now = await sweeps.get(id)
      expect(now.state).toBe('completed')
      return now
    },
    { timeoutMs: 180_000 },
  )
  const stopped = sweep.items.filter((trial) => trial.stopped !== null)
  expect(stopped.length).toBeGreaterThan(0)
  expect(sweep.epochsSaved).toBe(stopped.reduce((sum, { epochs }) => sum + 27 - epochs, 0))
  for (const { state, reason, epochs, stopped: stop } of sweep.items) {
    expect({ state, reason, epochs }).toEqual({
      state: 'completed',
      reason: stop ? 'stopped_early' : 'finished',
      epochs: stop?.epoch ?? 27,
    })
  }
  const best = sweep.items.find(({ trial }) => trial === sweep.best)
  expect(best?.stopped).toBeNull()
  expect(isMaximised(sweep.objective)).toBe(true)
  expect(Math.max(...sweep.items.map(({ value }) => Number(value)))).toBe(best?.value)
  const listed = await experiments.list({ pageSize: 100 })
  expect(listed.items.filter((each) => each.sweep?.id === id)).toHaveLength(12)
  const { stdout } = await service.cli('sweep', 'show', 'latest')
  expect(stdout).toContain('stopped at epoch')
}, 320_000)

test('a norm lab from the command line — one seed, and a paired table', async () => {
  const flags = ['--dataset', 'synthetic-flowers', '--image-size', '16', '--width', '32', '--epochs', '2', '--lr', '0.05', '--depth', '1,4']
  const { stdout } = await service.cli('norm-lab', ...flags, '--norm', 'none,batch,layer', '--norm-position', 'before', '--watch')
  expect(stdout).toContain('6 of 6 trials have ended')
  expect(stdout).not.toContain('after')
  expect(stdout).toMatch(/batch before: loss [+-][\d.]+ ± [\d.]+ to no norm, over 2 depths/)
}, 200_000)
