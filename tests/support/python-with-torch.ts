import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

const PACKAGES = ['torch==2.15.0', 'torchvision', 'numpy', 'scipy', 'pillow', 'safetensors']
const IMPORTS = 'import torch, torchvision, scipy, safetensors'

const run = promisify(execFile)

/** A virtual environment with PyTorch, made once in the user's cache; resolves with its python. */
export async function pythonWithTorch(): Promise<string> {
  const { folder, python } = environment()
  if (!existsSync(python)) {
    process.stderr.write(`Making a virtual environment with PyTorch in ${folder} (about 3 GB, some minutes)…\n`)
    await mkdir(path.dirname(folder), { recursive: true })
    await run('python3', ['-m', 'venv', folder])
  }
  if (!(await hasPackages(python))) await run(python, ['-m', 'pip', 'install', '--quiet', ...PACKAGES], { maxBuffer: 2 ** 26 })
  return python
}

/** The python of that environment where it is there already, or why tests that need it do not run. Under CI=true it is made. */
export async function presentPythonWithTorch(): Promise<string | null> {
  if (process.env['CI'] === 'true') return pythonWithTorch()
  const { folder, python } = environment()
  if (existsSync(python) && (await hasPackages(python))) return python
  process.stderr.write(`skipped: ${folder} holds no PyTorch with safetensors; \`npm run bench:training\` and CI=true make it\n`)
  return null
}

function environment(): { folder: string; python: string } {
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache')
  const folder = path.join(cache, 'trainyard', 'bench-venv')
  return { folder, python: path.join(folder, 'bin', 'python') }
}

const hasPackages = (python: string): Promise<boolean> =>
  run(python, ['-c', IMPORTS]).then(
    () => true,
    () => false,
  )
