import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const LOOK = 'import torch, torchvision, scipy; print(torch.__version__, torch.cuda.is_available())'

/** A Python whose PyTorch uses the GPU: the one that TRAINYARD_PYTHON names, or python3; or why there is none. */
export async function pythonWithCuda(env: NodeJS.ProcessEnv): Promise<{ python: string } | { python: null; reason: string }> {
  const python = env['TRAINYARD_PYTHON'] ?? 'python3'
  const how = 'TRAINYARD_PYTHON can name a Python with torch, torchvision and scipy for CUDA'
  try {
    const { stdout } = await promisify(execFile)(python, ['-c', LOOK])
    const [version, usable] = stdout.trim().split(' ')
    return usable === 'True' ? { python } : { python: null, reason: `torch ${version} of ${python} sees no GPU; ${how}` }
  } catch {
    return { python: null, reason: `${python} has no torch, torchvision and scipy; ${how}` }
  }
}
