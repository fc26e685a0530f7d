import { execFileSync } from 'node:child_process'

/**
 * Why NVIDIA's driver lists no GPU on this host; null where it lists one.
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | null}
 */
export function whyNoGpuHere(env) {
  try {
    const listed = execFileSync('nvidia-smi', ['--list-gpus'], {
      env,
      encoding: 'utf8',
      timeout: 20_000,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return /^GPU \d/m.test(listed) ? null : 'nvidia-smi lists none'
  } catch (error) {
    if (!(error instanceof Error)) return String(error)
    if ('code' in error && error.code === 'ENOENT') return 'nvidia-smi is not on PATH'
    const said = 'stdout' in error ? String(error.stdout).trim() : ''
    return `nvidia-smi failed: ${said.split('\n')[0] || error.message.split('\n')[0]}`
  }
}
