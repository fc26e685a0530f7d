import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

interface PythonNeeds {
  /** Of the environment's folder in the user's cache. */
  name: string
  packages: readonly string[]
  /** Modules that are there only when all of them are. */
  modules: readonly string[]
  /** What making it takes, for people who wait. */
  cost: string
}

/** A virtual environment with these packages, made once; resolves with its python. */
export async function pythonWith({ name, packages, modules, cost }: PythonNeeds): Promise<string> {
  const { folder, python } = environment(name)
  if (!existsSync(python)) {
    process.stderr.write(`Making a virtual environment in ${folder} (${cost})…\n`)
    await mkdir(path.dirname(folder), { recursive: true })
    await run('python3', ['-m', 'venv', folder])
  }
  if (!(await hasModules(python, modules))) await run(python, ['-m', 'pip', 'install', '--quiet', ...packages], { maxBuffer: 2 ** 26 })
  return python
}

/** The same where it is there already, or null, with the reason printed. Under CI=true it is made. */
export async function presentPythonWith(needs: PythonNeeds, howTo: string): Promise<string | null> {
  if (process.env['CI'] === 'true') return pythonWith(needs)
  const { folder, python } = environment(needs.name)
  if (existsSync(python) && (await hasModules(python, needs.modules))) return python
  process.stderr.write(`skipped: ${folder} does not hold ${needs.packages.join(', ')}; ${howTo}\n`)
  return null
}

function environment(name: string): { folder: string; python: string } {
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache')
  const folder = path.join(cache, 'trainyard', name)
  return { folder, python: path.join(folder, 'bin', 'python') }
}

/** Finds them without importing: PyTorch alone takes seconds. */
const FIND_MODULES = 'import sys, importlib.util as u; sys.exit(any(u.find_spec(name) is None for name in sys.argv[1:]))'

const hasModules = (python: string, modules: readonly string[]): Promise<boolean> =>
  run(python, ['-c', FIND_MODULES, ...modules]).then(
    () => true,
    () => false,
  )
