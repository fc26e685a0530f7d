import { readFileSync } from 'node:fs'
import path from 'node:path'
import { ERRORS } from '@trainyard/contracts'
import { describe, expect, test } from 'vitest'

const docs = readFileSync(path.join(import.meta.dirname, '../../../../docs/errors.md'), 'utf8')
/** One heading per code; what follows is its status, exit code, cause and remedy. */
const sections = new Map(
  docs
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')).trim(), section]),
)

describe('docs/errors.md', () => {
  test('explains every code, and no other', () => {
    expect([...sections.keys()].toSorted()).toEqual(Object.keys(ERRORS).toSorted())
  })

  test.each(Object.entries(ERRORS))('%s — with its status, its exit code, why it comes and what to do', (code, { status, exitCode }) => {
    const section = sections.get(code)
    expect(section).toContain(`HTTP ${status}, exit code ${exitCode}`)
    expect(section).toMatch(/\*\*Why\.\*\* \S/)
    expect(section).toMatch(/\*\*What to do\.\*\* \S/)
  })
})
