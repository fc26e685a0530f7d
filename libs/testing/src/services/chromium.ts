import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import { type Browser, chromium } from 'playwright-core'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

/** The system's Chromium, or why tests that need it do not run. Under CI=true it must be there. */
export function chromiumExecutable(): string | null {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter)
  const found = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(isExecutable)
  if (found) return found
  const reason = `no ${NAMES.join(', ')} in PATH: \`apt-get install chromium\` brings one`
  if (process.env['CI'] === 'true') throw new Error(`${reason}; CI must have it`)
  process.stderr.write(`skipped: ${reason}\n`)
  return null
}

/** Chromium without a window; `--no-sandbox` because containers run it as root. Its own software draws: the same arithmetic on every machine. */
export function startChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    headless: true,
    args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
  })
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
