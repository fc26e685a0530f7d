import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createClient } from '@trainyard/client'
import { chromiumExecutable } from '@trainyard/testing/services/chromium'
import { ownDashboard, until } from './own-dashboard.ts'

const executable = chromiumExecutable()
const COUNT = 1000
const BATCH_SIZE = 20
const Names = z.array(z.string())

describe.skipIf(executable === null)(`${COUNT} experiments`, () => {
  const dashboard = ownDashboard({ executable: executable ?? '' })

  beforeAll(async () => {
    const client = createClient({ baseUrl: dashboard.service.url })
    const submit = (number: number) =>
      client.experiments.submit({ name: `run ${number}`, tags: [`tens ${Math.floor(number / 10)}`], pool: 'no-workers', epochs: 1 })
    for (let first = 1; first <= COUNT; first += BATCH_SIZE)
      await Promise.all(Array.from({ length: BATCH_SIZE }, (_, i) => submit(first + i)))
  })

  test('page by page each of them is there once', async () => {
    const page = await dashboard.open('/')
    const seen = new Set<string>()
    const further = page.getByRole('button', { name: 'Further' })
    for (let number = 1; ; number++) {
      await page.getByText(`Page ${number}`, { exact: true }).waitFor()
      await page.locator('nav[aria-busy=false]').waitFor()
      for (const name of Names.parse(await page.locator('.experiments tbody th a').allTextContents())) {
        expect(seen.has(name), `${name} stands on two pages`).toBe(false)
        seen.add(name)
      }
      if (await further.isDisabled()) break
      await further.press('Enter')
    }
    expect(seen.size).toBe(COUNT)
    await page.close()
  })

  test('one among them is found by a word of its name', async () => {
    const page = await dashboard.open('/')
    await page.getByRole('searchbox', { name: 'Search names and tags' }).fill('run 777')
    await until(page, `document.querySelectorAll('.experiments tbody tr').length === 1`)
    expect(await page.locator('.experiments tbody th a').textContent()).toBe('run 777')
    await page.close()
  })
})
