import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { OWN_NODE } from '../process/repository.mjs'
import { ToolError } from '../process/tool-error.mjs'
import { runCommand } from '../process/run-command.mjs'

/** What the page is made of. */
const FOLDERS = ['apps/dashboard', 'libs/client', 'libs/contracts', 'libs/inference', 'libs/planning', 'libs/schema-fields'].map(
  (folder) => `${folder}/src`,
)
const FILES = ['apps/dashboard/index.html', 'apps/dashboard/vite.config.ts', 'package-lock.json']

/** @param {string} root */
const stampOf = (root) => path.join(root, 'apps', 'dashboard', 'dist', '.sources')

/** Whether what lies there was built from the sources as they are now. @param {string} root */
export function dashboardBuilt(root) {
  try {
    return readFileSync(stampOf(root), 'utf8') === hashOfSources(root)
  } catch {
    return false // never built, or not to its end
  }
}

/** @param {{ root: string, env: NodeJS.ProcessEnv, log: string, announce: import('./progress-log.mjs').Announce }} context */
export async function buildDashboard({ root, env, log, announce }) {
  const sources = hashOfSources(root)
  const vite = path.join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  await announce('Building the dashboard', async () => {
    const args = [vite, 'build', 'apps/dashboard', '--logLevel', 'warn']
    const { code } = await runCommand({ command: OWN_NODE, args, cwd: root, env: { ...env, NODE_ENV: 'production' }, log })
    if (code !== 0) throw new ToolError(`The dashboard could not be built; vite's output is in ${log}`)
  })
  writeFileSync(stampOf(root), sources)
}

/** @param {string} root */
function hashOfSources(root) {
  const hash = createHash('sha256')
  const inside = FOLDERS.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.includes('.test.'))
      .map(({ parentPath, name }) => path.relative(root, path.join(parentPath, name))),
  )
  for (const file of [...FILES, ...inside].sort()) hash.update(`${file}\n`).update(readFileSync(path.join(root, file)))
  return hash.digest('hex')
}
