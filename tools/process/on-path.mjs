import { accessSync, constants, statSync } from 'node:fs'
import path from 'node:path'

/** The first executable of that name in PATH, or null. @param {string} name @param {NodeJS.ProcessEnv} env */
export function onPath(name, env) {
  const files = (env['PATH'] ?? '').split(path.delimiter).map((folder) => path.join(folder, name))
  return files.find(isExecutable) ?? null
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
