import { setTimeout as delay } from 'node:timers/promises'
import { poll } from '@trainyard/testing/inputs/poll'
import { expect, test } from 'vitest'
import { testWorkers, WITHIN } from './test-workers.ts'

const MAX_COMMANDS_PER_SECOND = 10
const MEASURED_SECONDS = 30
const POOLS = ['a', 'b', 'c']

const workers = testWorkers()

test('an idle worker with four slots and three pools sends Redis at most ten commands a second, those of scripts included', async () => {
  const { start, create, enters } = workers.own
  await start({ slots: 4, pools: POOLS })
  for (const pool of POOLS) await enters(await create({ epochs: 1, pool }), 'completed')
  await poll(expectNoFetches, WITHIN)
  await workers.own.redis.config('RESETSTAT')
  await delay(1000 * MEASURED_SECONDS)
  const { calls, stats } = await commands()
  const sum = Object.values(calls).reduce((total, count) => total + count, 0)
  expect(sum / MEASURED_SECONDS, stats).toBeLessThanOrEqual(MAX_COMMANDS_PER_SECOND)
})

/** A fetch is BullMQ's only RPOPLPUSH: each slot has looked once at every queue, and waits. */
async function expectNoFetches(): Promise<void> {
  const before = (await commands()).calls['rpoplpush']
  await delay(1000)
  expect((await commands()).calls['rpoplpush']).toBe(before)
}

async function commands(): Promise<{ calls: Record<string, number>; stats: string }> {
  const stats = await workers.own.redis.info('commandstats')
  const lines = [...stats.matchAll(/^cmdstat_(\S+):calls=(\d+)/gm)]
  return { calls: Object.fromEntries(lines.map(([, name = '', count]) => [name, Number(count)])), stats }
}
