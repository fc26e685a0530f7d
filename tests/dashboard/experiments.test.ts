import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { chromiumExecutable } from '@trainyard/testing/services/chromium'
import { expectAccessible, expectStill, ownDashboard, takePicture, until } from './own-dashboard.ts'

const executable = chromiumExecutable()
const SMALL = { dataset: 'synthetic-flowers', imageSize: 16, width: 32, lr: 0.05 }
const Made = z.object({ id: z.string() })

describe.skipIf(executable === null)('the list of experiments', () => {
  const dashboard = ownDashboard({ executable: executable ?? '' })

  async function submit(fields: object): Promise<string> {
    const body = JSON.stringify({ ...SMALL, ...fields })
    const reply = await fetch(`${dashboard.service.url}/api/v1/experiments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    return Made.parse(await reply.json()).id
  }

  test('empty — one click trains the example, and its page opens', async () => {
    const page = await dashboard.open('/')
    await page.getByRole('heading', { name: 'No experiments yet' }).waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Train the example' }).click()
    await page.waitForURL(/\/experiments\/\w{16,}/)
    await page.getByRole('link', { name: 'Experiments' }).click()
    const row = page.getByRole('row', { name: /first example/ })
    await row.getByText('3 × 256').waitFor()
    await row.getByText('batch norm before ReLU').waitFor()
    await row.getByText('completed').waitFor({ timeout: 60_000 })
    await row.getByText(/30 of 30 epochs/).waitFor()
    await until(page, `document.querySelector('.sparkline path')?.getAttribute('d').length > 100`)
    await page.close()
  })

  test('what happens elsewhere shows by itself; filters stand in the address; results sort', async () => {
    const page = await dashboard.open('/')
    await submit({ name: 'deep', depth: 8, epochs: 4, tags: ['lesson'] })
    await submit({ name: 'normed', depth: 8, norm: 'layer', epochs: 4, tags: ['lesson'] })
    await page
      .getByRole('row', { name: /normed/ })
      .getByText('completed')
      .waitFor({ timeout: 60_000 })
    await page.getByRole('searchbox', { name: 'Tag', exact: true }).fill('lesson')
    await page.waitForURL(/tag=lesson/)
    await until(page, `document.querySelectorAll('.experiments tbody tr').length === 2`)
    await page.getByRole('button', { name: 'Eval accuracy' }).click()
    await page.waitForURL(/sort=-evalAccuracy/)
    await page.reload()
    expect(await page.getByRole('columnheader', { name: 'Eval accuracy' }).getAttribute('aria-sort')).toBe('descending')
    expect(await page.getByRole('row').nth(1).textContent()).toContain('normed')
    await page.getByRole('searchbox', { name: 'Tag', exact: true }).fill('unused')
    await page.getByRole('heading', { name: 'No experiment matches' }).waitFor()
    await page.close()
  })

  test('selected ones are compared', async () => {
    const page = await dashboard.open('/')
    await page.getByRole('checkbox', { name: 'Select deep' }).check()
    await page.getByRole('checkbox', { name: 'Select normed' }).press('Space')
    await page.getByText('2 selected').waitFor()
    await page.getByRole('main').getByRole('link', { name: 'Compare' }).press('Enter')
    await page.waitForURL(/\/compare/)
    expect(new URL(page.url()).searchParams.get('ids')).toMatch(/^\w{16,},\w{16,}$/)
    await page.close()
  })

  test('accessible: axe finds nothing, light and dark, wide and narrow, and nothing moves by itself', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await dashboard.open('/', { colorScheme })
      await page.getByRole('row', { name: /first example/ }).waitFor()
      await until(page, `document.querySelectorAll('.sparkline path').length >= 3`)
      await expectAccessible(page)
      await expectStill(page)
      if (colorScheme === 'light') await takePicture(page, 'experiments')
      await page.close()
    }
    const phone = await dashboard.open('/', { viewport: { width: 390, height: 800 } })
    await phone.getByRole('row', { name: /first example/ }).waitFor()
    expect(await phone.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
    await expectAccessible(phone)
    await phone.close()
  })

  test('the reader’s own light or dark wins over the system’s, and is kept', async () => {
    const page = await dashboard.open('/', { colorScheme: 'light' })
    const ground = () => page.evaluate(`getComputedStyle(document.documentElement).backgroundColor`)
    const light = await ground()
    await page.getByRole('button', { name: 'Theme: system' }).click()
    await page.getByRole('button', { name: 'Theme: light' }).press('Enter')
    await page.getByRole('button', { name: 'Theme: dark' }).waitFor()
    expect(await ground()).not.toBe(light)
    await page.reload()
    await page.getByRole('button', { name: 'Theme: dark' }).click()
    await page.getByRole('button', { name: 'Theme: system' }).waitFor()
    expect(await ground()).toBe(light)
    await page.close()
  })

  test('by keyboard alone: past the bar to the content, and a view’s heading is announced on arrival', async () => {
    const page = await dashboard.open('/')
    await page.getByRole('row', { name: /first example/ }).waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.id')).toBe('view')
    await page.getByRole('link', { name: 'Workers' }).press('Enter')
    await page.getByRole('heading', { name: 'Workers' }).waitFor()
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Workers')
    await page.close()
  })

  test('workers: what runs where, and drain', async () => {
    const id = await submit({ name: 'long one', epochs: 10_000, depth: 3, width: 256 })
    const page = await dashboard.open('/workers')
    await page.getByRole('link', { name: 'long one' }).waitFor({ timeout: 60_000 })
    await page.getByText(/TensorFlow \d/).waitFor()
    await page.getByText(/\d+ of 10000/).waitFor()
    await expectAccessible(page)
    await takePicture(page, 'workers')
    await page.getByRole('button', { name: 'Drain …' }).click()
    await page.getByRole('button', { name: 'Drain it' }).press('Enter')
    await page
      .getByText(/Draining|No live worker/)
      .first()
      .waitFor()
    await page.getByRole('heading', { name: 'No live worker' }).waitFor({ timeout: 60_000 })
    const { state, reason } = await (await fetch(`${dashboard.service.url}/api/v1/experiments/${id}`)).json()
    expect({ state, reason }).toEqual({ state: 'queued', reason: 'drained' })
    await page.close()
  })
})
