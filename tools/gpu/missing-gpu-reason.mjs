import { onPath } from '../process/on-path.mjs'
import { queryNvidiaSmi } from './nvidia-smi.mjs'

/**
 * Why NVIDIA's driver lists no GPU on this host; null where it lists one.
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | null}
 */
export function missingGpuReason(env) {
  const program = onPath('nvidia-smi', env)
  if (!program) return 'nvidia-smi is not on PATH'
  const { rows, failure } = queryNvidiaSmi({ program, query: 'uuid', env })
  if (failure !== null) return `nvidia-smi failed: ${failure}`
  return rows.some(([uuid]) => uuid?.startsWith('GPU')) ? null : 'nvidia-smi lists none'
}
