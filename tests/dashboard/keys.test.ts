import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { chromiumExecutable } from '@trainyard/testing/services/chromium'
import { expectAccessible, ownDashboard } from './own-dashboard.ts'

const executable = chromiumExecutable()
const KEY = 'operator-operator-operator-operator'

describe.skipIf(executable === null)('a service with keys', () => {
  const dashboard = ownDashboard({ executable: executable ?? '', env: { TRAINYARD_ADMIN_KEY: KEY } })

  test('asks for one, refuses another, and keeps it in this tab alone: in no address, in no log', async () => {
    const page = await dashboard.open('/')
    const addresses: string[] = []
    page.on('request', (request) => addresses.push(request.url()))
    await page.getByRole('heading', { name: 'Your key' }).waitFor()
    await expectAccessible(page)
    await page.getByLabel('API key').fill('ty_not-this-one-not-this-one')
    await page.keyboard.press('Enter')
    await page.getByText('does not know this key').waitFor()
    await page.getByLabel('API key').fill(KEY)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Train the example' }).click()
    await page.waitForURL(/\/experiments\/\w{16,}/)
    await page.getByText('completed').first().waitFor({ timeout: 60_000 })

    await page.reload()
    await page.getByText('completed').first().waitFor()
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain(KEY)
    expect(addresses.length).toBeGreaterThan(5)
    expect(addresses.filter((address) => decodeURIComponent(address).includes('operator-'))).toEqual([])
    const files = await readdir(dashboard.service.data, { recursive: true, withFileTypes: true })
    for (const { parentPath, name } of files.filter((file) => file.isFile() && file.name.endsWith('.log')))
      expect(await readFile(path.join(parentPath, name), 'utf8'), name).not.toContain(KEY)
    expect(dashboard.service.printed()).not.toContain(KEY)
    await page.close()

    const other = await dashboard.open('/')
    await other.getByRole('heading', { name: 'Your key' }).waitFor()
    await other.close()
  })

  test('a removed key is requested again', async () => {
    const page = await dashboard.open('/')
    await page.getByLabel('API key').fill(KEY)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Experiments' }).waitFor()
    await page.getByRole('button', { name: 'Key' }).click()
    await page.getByRole('button', { name: 'Remove the key' }).click()
    await page.getByRole('heading', { name: 'Your key' }).waitFor()
    expect(await page.evaluate('sessionStorage.length')).toBe(0)
    await page.close()
  })
})
