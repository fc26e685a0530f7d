import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { z } from 'zod'

const Cells = z.array(z.array(z.string()))

/** What the page's chart shows, as its own table has it: a row for each x. */
export async function numbersOf(page: Page): Promise<string[][]> {
  const numbers = page.getByRole('region', { name: 'The numbers' })
  if (!(await numbers.isVisible())) await page.getByText('The numbers', { exact: true }).click()
  const rows = numbers.locator('tbody tr')
  await rows.first().waitFor()
  return Cells.parse(await rows.evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent))))
}

/** On a phone what is too wide scrolls in a box of its own, never the page. */
export async function expectNoSideways(page: Page): Promise<void> {
  expect(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')).toBe(true)
}
