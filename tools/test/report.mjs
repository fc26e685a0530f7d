import { existsSync, readFileSync } from 'node:fs'
import { ToolError } from '../process/tool-error.mjs'

/** @typedef {{ status: string, assertionResults: { status: string }[] }} FileResult */

/**
 * The results in a report of vitest's json reporter, counted in one line. A file that fails before its tests run counts as one that failed.
 * @param {string} file
 */
export function readTestReport(file) {
  if (!existsSync(file)) throw new ToolError('The tests ended before they could report: what stopped them stands above')
  /** @type {{ testResults: FileResult[] }} */
  const { testResults } = JSON.parse(readFileSync(file, 'utf8'))
  const statuses = testResults.flatMap(({ status, assertionResults }) => {
    const own = assertionResults.map((result) => result.status)
    return status === 'failed' && !own.includes('failed') ? [...own, 'failed'] : own
  })
  /** @param {(status: string) => boolean} matches */
  const count = (matches) => statuses.filter(matches).length
  const passed = count((status) => status === 'passed')
  const failed = count((status) => status === 'failed')
  const skipped = statuses.length - passed - failed
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
