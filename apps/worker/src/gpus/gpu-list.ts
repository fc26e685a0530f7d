import { execFile } from 'node:child_process'
import type { Gpu } from '@trainyard/contracts'
import { GPU_QUERY, readGpus } from './read-gpus.ts'

/** What NVIDIA's driver lists, and why it lists nothing where that is a failure. */
export interface GpuList {
  gpus: Gpu[]
  failure: string | null
}

/** Runs nvidia-smi, which may take seconds while its driver loads, and hangs with a GPU that has failed; it is killed then. Never rejects. */
export function listGpus({ env, timeoutMs }: { env: NodeJS.ProcessEnv; timeoutMs: number }): Promise<GpuList> {
  return new Promise((resolve) => {
    execFile('nvidia-smi', GPU_QUERY, { env, timeout: timeoutMs, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      if (!error) return resolve({ gpus: readGpus(stdout), failure: null })
      const output = `${stdout}\n${stderr}`.trim().split('\n')[0]
      const how = error.killed ? `did not answer within ${timeoutMs / 1000} s` : `failed (${output || error.message})`
      resolve({ gpus: [], failure: error.code === 'ENOENT' ? 'nvidia-smi is not on PATH' : `nvidia-smi ${how}` })
    })
  })
}
