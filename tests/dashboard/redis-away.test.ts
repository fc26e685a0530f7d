import { setTimeout as outage } from 'node:timers/promises'
import { createClient } from '@trainyard/client'
import { afterAll, describe, expect, test } from 'vitest'
import { chromiumExecutable } from '@trainyard/testing/services/chromium'
import { startRedis } from '@trainyard/testing/redis/redis-process'
import { ownDashboard, until } from './own-dashboard.ts'

const executable = chromiumExecutable()
const AWAY_MS = 10_000
const redis = executable === null ? null : await startRedis()

describe.skipIf(executable === null)('Redis away for ten seconds', () => {
  const dashboard = ownDashboard({ executable: executable ?? '', env: { REDIS_URL: redis?.url ?? '' } })
  afterAll(async () => {
    await redis?.stop()
  })

  test('a run that is being watched and the list: both say so, keep what they have, and catch up', async () => {
    const client = createClient({ baseUrl: dashboard.service.url })
    const { id } = await client.experiments.submit({ dataset: 'synthetic-flowers', imageSize: 16, width: 64, epochs: 4000, lr: 0.01 })
    const [run, list] = [await dashboard.open(`/experiments/${id}`), await dashboard.open('/')]
    const epochOf = async () => (await client.experiments.get(id)).latest?.epoch ?? 0
    await list.getByText(/[1-9]\d* of 4000/).waitFor({ timeout: 60_000 })
    await run
      .getByText(/[1-9]\d* of 4000/)
      .first()
      .waitFor({ timeout: 60_000 })

    await redis?.kill()
    await Promise.all([run, list].map((page) => page.getByText('What you see may be old').waitFor({ timeout: 60_000 })))
    expect(await list.locator('.experiments tbody tr').count()).toBe(1)
    await outage(AWAY_MS)
    await redis?.restart()

    await Promise.all([run, list].map((page) => page.getByText('What you see may be old').waitFor({ state: 'hidden', timeout: 60_000 })))
    const before = await epochOf()
    await until(run, `Number(/(\\d+) of 4000/.exec(document.querySelector('main').textContent)?.[1]) > ${before}`)
    await client.experiments.cancel(id)
    await run.getByText('canceled').first().waitFor({ timeout: 60_000 })
    // gapless although the stream was cut: the numbers of the page are those of the service
    const { items } = await client.experiments.epochs(id)
    expect(items.map(({ epoch }) => epoch)).toEqual(Array.from({ length: items.length }, (_, i) => i + 1))
    await run.close()
    await list.close()
  })
})
