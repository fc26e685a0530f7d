import { expect, test } from 'vitest'
import { nvidiaSmiLine, fakeNvidiaSmi } from '@trainyard/testing/services/fake-nvidia-smi'
import { listGpus } from './gpu-list.ts'

const list = async (script: string, timeoutMs = 30_000) => listGpus({ env: { PATH: await fakeNvidiaSmi(script) }, timeoutMs })

test('listGpus() — what the driver lists', async () => {
  expect(await list(`echo "${nvidiaSmiLine(0, 'GPU-0a')}"`)).toMatchObject({
    gpus: [{ index: 0, uuid: 'GPU-0a', utilisation: 0.03 }],
    failure: null,
  })
})

test('listGpus() — a driver that fails: with its own words', async () => {
  const mismatch = 'Failed to initialize NVML: Driver/library version mismatch'
  expect(await list(`echo "${mismatch}"; exit 18`)).toEqual({ gpus: [], failure: `nvidia-smi failed (${mismatch})` })
})

test('listGpus() — one that hangs is killed, and one that is not there is said to be missing', async () => {
  expect(await list('exec sleep 600', 100)).toEqual({ gpus: [], failure: 'nvidia-smi did not answer within 0.1 s' })
  expect(await listGpus({ env: { PATH: '/nowhere' }, timeoutMs: 30_000 })).toEqual({ gpus: [], failure: 'nvidia-smi is not on PATH' })
})
