import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { ownJobs } from '@trainyard/testing/experiments/own-jobs'
import { type AbortReason, isCrash, lastWrite } from './attempt-end.ts'
import { outOfMemoryKills } from './out-of-memory.ts'

const own = ownJobs()
const crash = (outOfMemory = false) => ({ type: 'crashed', how: 'by SIGKILL', outOfMemory }) as const

test.each([
  ['a trainer that died', crash(), null, 0, true],
  ['one that hung', crash(), 'stalled', 0, true],
  ['one killed for memory for the first time', crash(true), null, 0, true],
  ['one killed for memory again: the experiment is at fault', crash(true), null, 1, false],
  ['one that did not obey a cancel', crash(), 'cancel', 0, false],
  ['a run that failed', { type: 'aborted' }, null, 0, false],
  ['one whose store stayed away', { type: 'artifact_unavailable' }, null, 0, false],
] as const)('isCrash() — %s', (_what, end, reason, outOfMemoryBefore, expected) => {
  expect(isCrash({ end, reason, outOfMemoryBefore })).toBe(expected)
})

test.each<[AbortReason | null, string]>([
  [null, 'failed:infrastructure_error'],
  ['drain', 'queued:drained'],
  ['cancel', 'canceled:canceled_by_user'],
  ['pause', 'paused:paused_by_user'],
])('lastWrite() — a store that stayed away, reason %s: %s', async (reason, expected) => {
  const { create, begin, store, states } = own.jobs
  const id = await create({ maxRetries: 0 })
  const writer = await begin(id)
  if (reason === 'cancel' || reason === 'pause') await store[reason](id)
  await lastWrite({ end: { type: 'artifact_unavailable' }, reason, timeLimitSeconds: null, writer })?.()
  expect((await states(id)).at(-1)).toBe(expected)
  expect((await store.get(id)).error?.code).toBe(reason === null ? 'ARTIFACTS_UNAVAILABLE' : undefined)
})

test('outOfMemoryKills() — adds up the kernel’s counters; a missing one counts 0', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'oom-'))
  const [vmstat, events] = [path.join(folder, 'vmstat'), path.join(folder, 'events')]
  await writeFile(vmstat, 'pgfault 9\noom_kill 3\nothers 1\n')
  await writeFile(events, 'oom 7\noom_kill 2\noom_group_kill 5\n')
  expect(await outOfMemoryKills([vmstat, events, path.join(folder, 'none')])).toBe(5)
  expect(await outOfMemoryKills()).toBeGreaterThanOrEqual(0)
  await rm(folder, { recursive: true })
})
