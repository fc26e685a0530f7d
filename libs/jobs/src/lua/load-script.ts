import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'

export const LUA_FOLDER = path.join(import.meta.dirname, '../../lua')

const INCLUDE = /^--- @include "(.+)"\n/gm

interface LuaScript {
  text: string
  sha: string
}

const loaded = new Map<string, LuaScript>()

/** A script of `lua/` by its path there, such as `leases/claim`, with what it includes, each once; read from disk once. */
export function loadScript(name: string): LuaScript {
  const known = loaded.get(name)
  if (known) return known
  const text = withIncludes(name)
  const script = { text, sha: createHash('sha1').update(text).digest('hex') }
  loaded.set(name, script)
  return script
}

/** Each include stands where it is first named. */
export function withIncludes(name: string, included = new Set<string>()): string {
  const text = readFileSync(path.join(LUA_FOLDER, `${name}.lua`), 'utf8')
  return text.replace(INCLUDE, (_, include: string) => {
    if (included.has(include)) return ''
    included.add(include)
    return withIncludes(`includes/${include}`, included)
  })
}
