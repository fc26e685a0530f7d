import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'

const root = path.join(import.meta.dirname, '..')
const sources = globSync('{apps,libs}/*/**/*.{ts,tsx}', { cwd: root, exclude: (name) => name === 'node_modules' || name === 'dist' })
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8')
const isTest = (file: string): boolean => file.endsWith('.test.ts') || file.includes('/test-') || file.startsWith('libs/testing/')

/** The table "may import" of CONTRIBUTING.md: folder → packages. */
function allowedImports(): Map<string, Set<string>> {
  const rows = read('CONTRIBUTING.md')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  const header = rows.findIndex(([first]) => first?.startsWith('may import'))
  const packages = rows[header]?.slice(1) ?? []
  return new Map(rows.slice(header + 2).map(([folder = '', ...cells]) => [folder, new Set(packages.filter((_, i) => cells[i] === '✓'))]))
}

function importsOf(file: string): string[] {
  return [...read(file).matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '')
}

describe('architecture', () => {
  const allowed = allowedImports()
  const rooms = [...new Set(sources.map((file) => file.split(path.sep).slice(0, 2).join('/')))]

  test('the map in CONTRIBUTING.md knows every room', () => {
    expect(rooms.filter((room) => !allowed.has(room))).toEqual([])
  })

  test.each(rooms)('%s — imports only what the map allows, and declares it', (room) => {
    const declared = Object.keys(JSON.parse(read(`${room}/package.json`)).dependencies ?? {})
    const faults = sources
      .filter((file) => file.startsWith(`${room}/`) && !isTest(file))
      .flatMap((file) =>
        importsOf(file)
          .filter((name) => name.startsWith('@trainyard/'))
          .map((name) => ({ file, name, target: name.split('/')[1] ?? '' }))
          .filter(({ name, target }) => !allowed.get(room)?.has(target) || !declared.includes(name)),
      )
    expect(faults).toEqual([])
  })

  test('no file reaches into another package by path, and apps never import apps', () => {
    const faults = sources.flatMap((file) =>
      importsOf(file)
        .filter((name) => name.startsWith('.'))
        .filter((name) => {
          const target = path.posix.join(path.posix.dirname(file), name)
          return !target.startsWith(file.split('/').slice(0, 2).join('/')) && !(isTest(file) && target.startsWith('tests/'))
        })
        .map((name) => `${file} → ${name}`),
    )
    expect(faults).toEqual([])
  })

  test('every package names its exports in src/index.ts, and no other file is a barrel', () => {
    const packages = rooms.filter((room) => room.startsWith('libs/') && room !== 'libs/testing')
    expect(packages.filter((room) => !existsSync(path.join(root, room, 'src/index.ts')))).toEqual([])
    const barrels = sources.filter((file) => !file.endsWith('src/index.ts') && /^export .* from '/m.test(read(file)))
    expect(barrels).toEqual([])
    expect(sources.filter((file) => /^export \* from/m.test(read(file)))).toEqual([])
  })

  test('libraries never read the environment', () => {
    expect(sources.filter((file) => file.startsWith('libs/') && !isTest(file) && /process\.env/.test(read(file)))).toEqual([])
  })

  test('files stay small: none over 300 lines, the median at most 100', () => {
    const lengths = sources.map((file) => ({ file, lines: read(file).split('\n').length })).toSorted((a, b) => a.lines - b.lines)
    expect(lengths.filter(({ lines }) => lines > 300)).toEqual([])
    expect(lengths[Math.floor(lengths.length / 2)]?.lines).toBeLessThanOrEqual(100)
  })
})
