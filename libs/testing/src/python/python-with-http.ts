import { presentPythonWith, pythonWith } from './python-environment.ts'

const HTTP = {
  name: 'http-venv',
  packages: [
    'schemathesis==4.32.5',
    'openapi-python-client==0.29.1',
    'requests',
    'matplotlib',
    'pandas',
    'ipykernel==7.4.0',
    'nbclient==0.11.0',
  ],
  modules: ['schemathesis', 'openapi_python_client', 'requests', 'matplotlib', 'pandas', 'ipykernel', 'nbclient'],
  cost: 'about 500 MB, two minutes',
}

/** A virtual environment with what users of the API have, and what tries to break it; resolves with its python. */
export const pythonWithHttp = (): Promise<string> => pythonWith(HTTP)

/** The same where it is there already; under CI=true it is made. */
export const presentPythonWithHttp = (): Promise<string | null> => presentPythonWith(HTTP, '`npm run fuzz` and CI=true make it')
