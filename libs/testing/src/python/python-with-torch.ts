import { presentPythonWith, pythonWith } from './python-environment.ts'

const TORCH = {
  name: 'bench-venv',
  packages: ['torch==2.15.0', 'torchvision', 'numpy', 'scipy', 'pillow', 'safetensors'],
  modules: ['torch', 'torchvision', 'scipy', 'safetensors'],
  cost: 'about 3 GB, some minutes',
}

/** A virtual environment with PyTorch, made once in the user's cache; resolves with its python. */
export const pythonWithTorch = (): Promise<string> => pythonWith(TORCH)

/** The python of that environment where it is there already, or why tests that need it do not run. Under CI=true it is made. */
export const presentPythonWithTorch = (): Promise<string | null> => presentPythonWith(TORCH, '`npm run bench:training` and CI=true make it')
