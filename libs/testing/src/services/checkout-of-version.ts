import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'

const root = path.join(import.meta.dirname, '..', '..', '..', '..')
const VERSION_FILE = path.join('libs', 'contracts', 'src', 'experiments', 'experiment-config.ts')

/**
 * A checkout of another config version, which differs from this one in that alone: real apps, to be run beside ours. All packages but our own are
 * this checkout's.
 */
export async function checkoutOfVersion(version: number): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), `trainyard-v${version}-`))
  for (const name of ['apps', 'libs', 'package.json'])
    await cp(path.join(root, name), path.join(folder, name), { recursive: true, filter: (file) => path.basename(file) !== 'node_modules' })
  const source = await readFile(path.join(folder, VERSION_FILE), 'utf8')
  const changed = source.replace(/CONFIG_VERSION = \d+/, `CONFIG_VERSION = ${version}`)
  if (changed === source) throw new Error(`${VERSION_FILE} names no other CONFIG_VERSION`)
  await writeFile(path.join(folder, VERSION_FILE), changed)

  const [ours, theirs] = [path.join(root, 'node_modules'), path.join(folder, 'node_modules')]
  await mkdir(path.join(theirs, '@trainyard'), { recursive: true })
  for (const name of await readdir(ours)) if (name !== '@trainyard') await symlink(path.join(ours, name), path.join(theirs, name))
  for (const room of ['apps', 'libs'])
    for (const name of await readdir(path.join(folder, room)))
      await symlink(path.join(folder, room, name), path.join(theirs, '@trainyard', name))
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}
