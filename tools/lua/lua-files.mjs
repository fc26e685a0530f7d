import { globSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from '../process/repository.mjs'

/** Every Lua file of the repository. */
export const luaFiles = () =>
  globSync('libs/jobs/lua/**/*.lua', { cwd: ROOT })
    .toSorted()
    .map((file) => path.join(ROOT, file))
