import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { extract } from 'tar'

const root = path.join(import.meta.dirname, '..', '..')
const run = promisify(execFile)

export interface PackedClient {
  /** What `npm publish` would send. */
  tarball: Buffer
  /** As built, not yet packed. */
  built: string
  /** A project whose node_modules has the package as installed from the tarball, and what it depends on. */
  project: string
  remove: () => Promise<void>
}

/** The package as a user gets it: built, packed by npm, unpacked where `npm install` puts it. */
export async function packClient(): Promise<PackedClient> {
  const base = await mkdtemp(path.join(os.tmpdir(), 'trainyard-client-'))
  const [built, project] = [path.join(base, 'built'), path.join(base, 'project')]
  await run(process.execPath, [path.join(root, 'tools', 'build-client.mjs'), built])
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', base], { cwd: built })
  const [{ filename }] = JSON.parse(stdout)
  const installed = path.join(project, 'node_modules', '@trainyard', 'client')
  await mkdir(installed, { recursive: true })
  const tarball = await readFile(path.join(base, filename))
  await extract({ file: path.join(base, filename), cwd: installed, strip: 1 })
  const { dependencies } = JSON.parse(await readFile(path.join(installed, 'package.json'), 'utf8'))
  for (const name of Object.keys(dependencies))
    await symlink(path.join(root, 'node_modules', name), path.join(project, 'node_modules', name), 'dir')
  return { tarball, built, project, remove: () => rm(base, { recursive: true }) }
}
