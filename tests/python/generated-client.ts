import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'

export interface GeneratedClient {
  /** To be put on Python's path; holds the package trainyard_client. */
  folder: string
  /** What the generator warned of, one headline for each. */
  warnings: string[]
}

/** Has openapi-python-client make a typed client of a running service's document, as users do. */
export async function generateClient(python: string, { url, folder }: { url: string; folder: string }): Promise<GeneratedClient> {
  const bin = path.dirname(python)
  const client = path.join(folder, 'trainyard-client')
  const { stdout, stderr } = await promisify(execFile)(
    path.join(bin, 'openapi-python-client'),
    ['generate', '--url', `${url}/openapi.json`, '--output-path', client],
    // it formats what it writes with the ruff beside it
    { env: { ...process.env, PATH: `${bin}:${process.env['PATH']}`, NO_COLOR: '1', COLUMNS: '500' }, maxBuffer: 2 ** 26 },
  )
  return { folder: client, warnings: headlines(stdout + stderr) }
}

/** A warning is of an endpoint, and why is two lines below; a schema that it cannot read has its own words. */
function headlines(printed: string): string[] {
  const lines = printed.split('\n')
  return lines.flatMap((line, i) => (/^(WARNING|ERROR|Unable) /.test(line) ? [`${line} ${lines[i + 2] ?? ''}`] : []))
}
