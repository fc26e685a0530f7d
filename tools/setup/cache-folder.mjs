import os from 'node:os'
import path from 'node:path'

/** What setup has fetched for this user; every checkout shares it. @param {NodeJS.ProcessEnv} env */
export function cacheFolder(env) {
  return path.join(env['XDG_CACHE_HOME'] || path.join(os.homedir(), '.cache'), 'trainyard')
}
