import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { NormType } from '@trainyard/contracts'

export interface PyTorch {
  version: string
  /** One timed epoch: the notebook's own loop, or a network with that norm from images in memory; `queued`: without reading a loss at every step; seconds. */
  seconds(work: 'notebook' | NormType | `queued ${NormType}`): Promise<number>
  stop(): void
}

/** PyTorch in a process of its own, ready with the images decoded; answers one command at a time. */
export async function startPyTorch(options: {
  python: string
  flowers102: string
  threads: number
  device?: 'cpu' | 'cuda'
}): Promise<PyTorch> {
  const { python, flowers102, threads, device = 'cpu' } = options
  const script = path.join(import.meta.dirname, 'torch_epochs.py')
  const { GLIBC_TUNABLES: _ours, ...env } = process.env // PyTorch as its users run it, without what our trainers are started with
  const child = spawn(python, [script, flowers102, `${threads}`, device], { env, stdio: ['pipe', 'pipe', 'inherit'] })
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
