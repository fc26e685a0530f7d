import { appendFile, cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT } from '../../tools/process/repository.mjs'
import { buildDashboard, dashboardBuilt } from '../../tools/setup/dashboard.mjs'

const FOLDERS = ['apps/dashboard', ...['client', 'contracts', 'inference', 'planning', 'schema-fields'].map((name) => `libs/${name}`)]

let root: string
beforeAll(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'trainyard-build-'))
  for (const folder of [...FOLDERS, 'package-lock.json'])
    await cp(path.join(ROOT, folder), path.join(root, folder), {
      recursive: true,
      filter: (source) => !/dist|node_modules/.test(source.slice(ROOT.length)),
    })
  await symlink(path.join(ROOT, 'node_modules'), path.join(root, 'node_modules'))
})
afterAll(() => rm(root, { recursive: true }))

const context = () => ({
  root,
  env: process.env,
  log: path.join(root, 'log'),
  announce: async <T>(_title: string, work: (report: () => void) => Promise<T>) => work(() => {}),
})

test('the page is built once, and rebuilt when its sources have changed', async () => {
  expect(dashboardBuilt(root)).toBe(false)
  await buildDashboard(context())
  expect(dashboardBuilt(root)).toBe(true)
  for (const name of ['index.html', 'index.html.br', 'index.html.gz'])
    expect(existsSync(path.join(root, 'apps/dashboard/dist', name)), name).toBe(true)
  await appendFile(path.join(root, 'libs/contracts/src/datasets/dataset.ts'), '\n')
  expect(dashboardBuilt(root)).toBe(false)
})

test('sources that cannot be built — a sentence that names the log', async () => {
  await appendFile(path.join(root, 'apps/dashboard/src/main.tsx'), '\n<<<')
  await expect(buildDashboard(context())).rejects.toThrow(/could not be built; vite's output is in .*log/)
  expect(dashboardBuilt(root)).toBe(false)
})
