import { presentPythonWith } from './python-environment.ts'

const MOTO = {
  name: 's3-venv',
  packages: ['moto[s3,server]==5.2.5'],
  modules: ['moto.server', 'flask', 'flask_cors'],
  cost: 'about 320 MB, a minute',
}

/** A virtual environment with an S3-compatible store where it is there already; under CI=true it is made. */
export const presentPythonWithMoto = (): Promise<string | null> => presentPythonWith(MOTO, 'CI=true makes it')
