import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'

/**
 * A PATH on which nvidia-smi is a shell script, until the test ends: NVIDIA's own program is not ours, and finds only what is there. Only what
 * it prints stands in for GPUs; no test takes one for a GPU that computes.
 */
export async function fakeNvidiaSmi(script: string): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-driver-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = path.join(folder, 'nvidia-smi')
  await writeFile(file, `#!/bin/sh\n${script}\n`)
  await chmod(file, 0o755)
  return `${folder}${path.delimiter}${process.env['PATH']}`
}

/** A line as nvidia-smi prints it for the worker's query. */
export const nvidiaSmiLine = (index: number, uuid: string): string =>
  `${index}, ${uuid}, NVIDIA T400 4GB, 535.183.01, 4096, 310, 3, 44, [N/A]`
