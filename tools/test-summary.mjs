/**
 * What of vitest's JSON report is read here.
 * @typedef {object} TestReport
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {{ status: string, assertionResults: unknown[] }[]} testResults by file
 */

/** One line for people and scripts; a file that could not even be loaded counts as a failure. @param {TestReport | null} report */
export function summaryLine(report) {
  if (!report) return '0 passed, 1 failed'
  const broken = report.testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0).length
  const skipped = report.numPendingTests > 0 ? `, ${report.numPendingTests} skipped` : ''
  return `${report.numPassedTests} passed, ${report.numFailedTests + broken} failed${skipped}`
}
