import { globSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flowers102Root } from '@trainyard/testing/inputs/flowers102'
import { presentPythonWithHttp } from '@trainyard/testing/python/python-with-http'
import { type Service, startService, stopAndRemove } from '@trainyard/testing/services/service'
import { beginsWithCommand, fencedBlocks } from './fenced-blocks.ts'
import { openPageShell, type PageShell } from './page-shell.ts'
import { isRun, pageSteps } from './page-steps.ts'
import { NOT_RUN, PAGES } from './pages.ts'
import { firstDifference } from './printed-text.ts'

const root = path.join(import.meta.dirname, '..', '..')
const read = (name: string): Promise<string> => readFile(path.join(root, name), 'utf8')
const flowers102 = flowers102Root()
const python = await presentPythonWithHttp()
const pages = await Promise.all(PAGES.map(async (page) => ({ ...page, markdown: await read(page.name) })))
const runnable = pages.filter(({ needs }) => flowers102.root !== null || needs !== 'Flowers102')

describe.each(runnable)('$name — every command does what the page says', ({ markdown, ...page }) => {
  let service: Service
  let shell: PageShell
  let scratch: string
  // pages name the default port
  const here = (text: string): string => text.replaceAll(':8787', `:${new URL(service.url).port}`)

  beforeAll(async () => {
    service = await startService()
    scratch = await mkdtemp(path.join(os.tmpdir(), 'trainyard-page-'))
    const cwd = page.in === 'checkout' ? root : await readersFolder(scratch)
    const { TRAINYARD_API_KEY: _elsewhere, CI: _ci, ...env } = process.env
    const own = { TRAINYARD_URL: service.url, PYTHON: python ?? '', NO_COLOR: '1', COLUMNS: '100', npm_config_update_notifier: 'false' }
    shell = openPageShell({ cwd, scratch, env: { ...env, ...own, PATH: `${await installed(scratch)}:${env['PATH']}` } })
  }, 120_000)
  afterAll(async () => {
    shell.close()
    await stopAndRemove(service)
    await rm(scratch, { recursive: true, force: true })
  })

  // in the page's order: later commands look at what earlier ones have trained
  test.for(pageSteps(markdown))('line $line: $title', { timeout: 600_000 }, async ({ script, output, needsPython }, { skip }) => {
    skip(needsPython && python === null, 'no Python with pandas here')
    const { exitCode, stdout, stderr } = await shell.run(here(script))
    expect(exitCode, stdout + stderr).toBe(0)
    if (output === null) return
    const lines = (text: string): string[] => text.replace(/\n+$/, '').split('\n')
    const difference = firstDifference(lines(here(output.join('\n'))), lines(stdout))
    expect(difference, `${difference}\n\nall that was printed:\n${stdout}${stderr}`).toBeNull()
  })
})

test('no page has a command that nothing runs, but for those with a reason', async () => {
  const names = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...globSync('docs/**/*.md', { cwd: root })]
  const found = await Promise.all(
    names.map(async (name) => {
      const isPage = PAGES.some((page) => page.name === name)
      const blocks = fencedBlocks(await read(name)).filter((block) => beginsWithCommand(block) && !(isPage && isRun(block)))
      return blocks.map(({ line, lines }) => ({ page: name, line, text: lines.join('\n') }))
    }),
  )
  const left = found.flat()
  const isListed = ({ page, text }: (typeof left)[number]) => NOT_RUN.filter((each) => each.page === page && text.startsWith(each.begins))
  expect(left.filter((block) => isListed(block).length === 0)).toEqual([])
  expect(
    NOT_RUN.filter((each) => !left.some((block) => isListed(block).includes(each))),
    'no longer there',
  ).toEqual([])
})

/** An empty folder beside what a reader of the page has: what npm installed, a photo. */
async function readersFolder(scratch: string): Promise<string> {
  const folder = path.join(scratch, 'reader')
  await mkdir(folder)
  await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
  const photo = sharp({ create: { width: 160, height: 120, channels: 3, background: 'crimson' } })
  await photo.jpeg().toFile(path.join(folder, 'rose.jpg'))
  return folder
}

/** Pages say `trainyard`, as where it is installed; here it runs this checkout's. */
async function installed(scratch: string): Promise<string> {
  const bin = path.join(scratch, 'bin')
  await mkdir(bin)
  const cli = path.join(root, 'apps', 'cli', 'bin', 'trainyard.mjs')
  await writeFile(path.join(bin, 'trainyard'), `#!/bin/sh\nexec ${process.execPath} ${cli} "$@"\n`, { mode: 0o755 })
  return bin
}
