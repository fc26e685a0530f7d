import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flowers102Root } from '../support/flowers102.ts'
import { type Service, startService, stopAndRemove } from '../support/service.ts'
import { consoleCommands, firstDifference } from './console-blocks.ts'

const root = path.join(import.meta.dirname, '..', '..')
const flowers102 = flowers102Root()
const pages = await Promise.all(
  [
    { name: 'docs/signal.md', needsFlowers102: false },
    { name: 'docs/notebook.md', needsFlowers102: true },
  ].map(async (page) => ({ ...page, markdown: await readFile(path.join(root, page.name), 'utf8') })),
)
const runnable = pages.filter(({ needsFlowers102 }) => flowers102.root !== null || !needsFlowers102)

describe.each(runnable)('$name — every command prints what the page says', ({ markdown }) => {
  let service: Service
  let bin: string
  beforeAll(async () => {
    service = await startService()
    // the page says `trainyard`, as where it is installed; here it runs this checkout's
    bin = path.join(service.data, 'bin')
    await mkdir(bin, { recursive: true })
    const cli = path.join(root, 'apps', 'cli', 'bin', 'trainyard.mjs')
    await writeFile(path.join(bin, 'trainyard'), `#!/bin/sh\nexec ${process.execPath} ${cli} "$@"\n`, { mode: 0o755 })
  }, 120_000)
  afterAll(async () => {
    await rm(bin, { recursive: true, force: true })
    await stopAndRemove(service)
  })

  // in the page's order: later commands look at what earlier ones have trained
  test.each(consoleCommands(markdown))('line $line: $command', { timeout: 600_000 }, async ({ command, output }) => {
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', command.replaceAll('http://localhost:8787', service.url)], {
      cwd: root,
      env: { ...process.env, PATH: `${bin}:${process.env['PATH']}`, TRAINYARD_URL: service.url, NO_COLOR: '1', COLUMNS: '100' },
      maxBuffer: 2 ** 26,
    })
    const lines = (text: string): string[] => text.replace(/\n+$/, '').split('\n')
    const difference = firstDifference(lines(output.join('\n')), lines(stdout))
    expect(difference, `${difference}\n\nall that was printed:\n${stdout}${stderr}`).toBeNull()
  })
})
