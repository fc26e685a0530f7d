import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type Chunk, type Identifier, type Node, parse } from 'luaparse'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { LUA_FOLDER, withIncludes } from './load-script.ts'

const names = globSync('**/*.lua', { cwd: LUA_FOLDER })
  .map((file) => file.replace(/\.lua$/, ''))
  .toSorted()
const scripts = names.filter((name) => !name.startsWith('includes/'))
const includes = names.filter((name) => name.startsWith('includes/'))

/** What Redis's Lua 5.1 has. */
const GLOBALS = new Set('ARGV KEYS cjson ipairs math pairs redis string struct table tonumber tostring type unpack'.split(' '))

const read = (name: string): string => readFileSync(path.join(LUA_FOLDER, `${name}.lua`), 'utf8')

/** How often each name stands in a file, and which names it declares as locals. */
function namesOf(name: string) {
  const uses = new Map<string, number>()
  const locals: string[] = []
  parse(read(name), {
    luaVersion: '5.1',
    scope: true,
    onCreateNode: (node: Node) => {
      if (node.type === 'Identifier') uses.set(node.name, (uses.get(node.name) ?? 0) + 1)
    },
    onLocalDeclaration: (identifier) => void locals.push(z.string().parse(identifier)),
  })
  return { uses, locals }
}

function globalsOf(text: string): string[] {
  const chunk: Chunk & { globals?: Identifier[] } = parse(text, { luaVersion: '5.1', scope: true })
  return (chunk.globals ?? []).map((each) => each.name)
}

describe('lua/', () => {
  test.each(names)('%s — with its includes, parses and uses no name that nothing declares', (name) => {
    expect(globalsOf(withIncludes(name)).filter((each) => !GLOBALS.has(each))).toEqual([])
  })

  test.each(scripts)('%s — says what it takes and answers, and leaves no local unused', (name) => {
    const [first, ...lines] = read(name).split('\n')
    expect(first).toMatch(/^#!lua( flags=allow-oom)?$/)
    for (const word of ['KEYS', 'ARGS', 'RETURNS']) expect(lines.some((line) => line.startsWith(`-- ${word}: `))).toBe(true)
    const { uses, locals } = namesOf(name)
    expect(locals.filter((local) => local !== '_' && (uses.get(local) ?? 0) < 2)).toEqual([])
  })

  test.each(includes)('%s — every local is used, here or where it is included', (name) => {
    const everywhere = new Map<string, number>()
    for (const each of names) for (const [word, count] of namesOf(each).uses) everywhere.set(word, (everywhere.get(word) ?? 0) + count)
    expect(namesOf(name).locals.filter((local) => local !== '_' && (everywhere.get(local) ?? 0) < 2)).toEqual([])
  })

  test.each(names)('%s — includes only what it needs', (name) => {
    const { uses } = namesOf(name)
    const included = [...read(name).matchAll(/^--- @include "(.+)"$/gm)].map(([, include]) => String(include))
    const needless = included
      .filter((include) => !declaredIn(`includes/${include}`).some((local) => uses.has(local)))
      .filter((include) => globalsOf(withIncludes(name, new Set([include]))).every((each) => GLOBALS.has(each)))
    expect(needless.filter((include) => include !== 'fence')).toEqual([]) // which acts by itself
  })
})

function declaredIn(name: string): string[] {
  return [...read(name).matchAll(/^local (?:function )?(\w+(?:, \w+)*)/gm)].flatMap(([, list = '']) => list.split(', '))
}
