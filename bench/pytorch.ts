import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import type { NormType } from '@trainyard/contracts'

const PACKAGES = ['torch==2.15.0', 'torchvision', 'numpy', 'scipy', 'pillow']

/** A virtual environment with PyTorch, made once in the user's cache; resolves with its python. */
export async function pythonWithTorch(): Promise<string> {
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache')
  const folder = path.join(cache, 'trainyard', 'bench-venv')
  const python = path.join(folder, 'bin', 'python')
  const run = promisify(execFile)
  if (!existsSync(python)) {
    process.stderr.write(`Making a virtual environment with PyTorch in ${folder} (about 3 GB, some minutes)…\n`)
    await mkdir(path.dirname(folder), { recursive: true })
    await run('python3', ['-m', 'venv', folder])
  }
  const present = await run(python, ['-c', 'import torch, torchvision, scipy']).then(
    () => true,
    () => false,
  )
  if (!present) await run(python, ['-m', 'pip', 'install', '--quiet', ...PACKAGES], { maxBuffer: 2 ** 26 })
  return python
}

export interface PyTorch {
  version: string
  /** One timed epoch: the notebook's own loop, or a network with that norm from images in memory; seconds. */
  seconds(work: 'notebook' | NormType): Promise<number>
  stop(): void
}

/** PyTorch in a process of its own, ready with the images decoded; answers one command at a time. */
export async function startPyTorch(options: { python: string; flowers102: string; threads: number }): Promise<PyTorch> {
  const { python, flowers102, threads } = options
  const script = path.join(import.meta.dirname, 'torch_epochs.py')
  const { GLIBC_TUNABLES: _ours, ...env } = process.env // PyTorch as its users run it, without what our trainers are started with
  const child = spawn(python, [script, flowers102, `${threads}`], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const ready = await nextLine(lines, child)
  return {
    version: ready.replace('ready ', ''),
    seconds: async (work) => {
      child.stdin.write(`${work}\n`)
      return Number(await nextLine(lines, child))
    },
    stop: () => void child.kill(),
  }
}

async function nextLine(lines: AsyncIterator<string>, child: ChildProcess): Promise<string> {
  const { value, done } = await lines.next()
  if (done) throw new Error(`PyTorch's process ended (${child.exitCode ?? child.signalCode})`)
  return value
}
