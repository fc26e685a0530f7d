import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

const SAMPLE_INTERVAL_MS = 100

/** Samples, while `work` lasts, the share of time in which the GPU computed, as the driver counts it, in percent. */
export async function sampleBusy(work: () => Promise<unknown>): Promise<number[]> {
  const visible = process.env['CUDA_VISIBLE_DEVICES']?.split(',')[0]?.trim()
  const which = visible ? [`--id=${visible}`] : []
  const query = ['--query-gpu=utilization.gpu', '--format=csv,noheader,nounits', `--loop-ms=${SAMPLE_INTERVAL_MS}`]
  const smi = spawn('nvidia-smi', [...query, ...which], { stdio: ['ignore', 'pipe', 'inherit'] })
  const samples: number[] = []
  createInterface({ input: smi.stdout }).on('line', (line) => samples.push(Number(line)))
  try {
    await work()
  } finally {
    smi.kill()
  }
  // The driver counts over up to a second: the first samples are of the time before.
  return samples.slice(Math.ceil(1000 / SAMPLE_INTERVAL_MS))
}
