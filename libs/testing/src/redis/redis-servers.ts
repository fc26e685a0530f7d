import { execFileSync } from 'node:child_process'
import { globSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** Of a kind of server the first on PATH, or the one that setup fetched; null where there is none, which CI does not allow. */
export function findServer(kind: 'Redis' | 'Valkey'): string | null {
  const cache = path.join(process.env['XDG_CACHE_HOME'] || path.join(os.homedir(), '.cache'), 'trainyard/redis/*')
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), cache]
  const files = globSync(folders.flatMap((folder) => ['redis-server', 'valkey-server'].map((name) => path.join(folder, name))))
  // v=0.0 is what CI puts before an installed server
  const found = files.find((file) => new RegExp(`^${kind} server v=[1-9]`).test(versionOf(file))) ?? null
  if (!found && process.env['CI'] === 'true') throw new Error(`There is no ${kind}; CI must have it`)
  return found
}

function versionOf(file: string): string {
  try {
    return execFileSync(file, ['--version'], { encoding: 'utf8' })
  } catch {
    return ''
  }
}
