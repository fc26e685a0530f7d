import { existsSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { circles, folderOf, importsOf, isTest, neighboursOf, packageOf, read, ROOT, sources } from './import-graph.ts'

/** The rows of the table of a Markdown file whose header's last cells begin so. */
function tableOf(file: string, first: string): string[][] {
  const rows = read(file)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  return rows.slice(rows.findIndex(([cell]) => cell?.startsWith(first)))
}

/** The table "may import" of CONTRIBUTING.md: package → packages. */
function allowedImports(): Map<string, Set<string>> {
  const [header = [], , ...rows] = tableOf('CONTRIBUTING.md', 'may import')
  return new Map(rows.map(([name = '', ...cells]) => [name, new Set(header.slice(1).filter((_, i) => cells[i] === '✓'))]))
}

/** The table of folders of a package's README: folder → folders that its files may import. */
function allowedFolders(name: string): Map<string, Set<string>> {
  const [, , ...rows] = tableOf(`${name}/README.md`, 'folder')
  const plain = (cell: string): string => cell.replaceAll('`', '').trim()
  return new Map(rows.map(([folder = '', , may = '']) => [plain(folder), new Set(may.split(',').map(plain))]))
}

/** Who imports whom among the nodes that a package's files are named by, types included. */
function graphOf(files: string[], nodeOf: (file: string) => string): Map<string, Set<string>> {
  const graph = new Map<string, Set<string>>()
  for (const file of files) {
    const targets = graph.get(nodeOf(file)) ?? new Set()
    for (const target of neighboursOf(file)) if (nodeOf(target) !== nodeOf(file)) targets.add(nodeOf(target))
    graph.set(nodeOf(file), targets)
  }
  return graph
}

/** Folders of more than twelve files, each with its reason. */
const LARGE_FOLDERS = new Set(['apps/cli/src/commands']) // a file for every command
const FOLDERS_HELD = ['apps/api', 'libs/jobs']

describe('architecture', () => {
  const allowed = allowedImports()
  const packages = [...new Set(sources.map(packageOf))]

  test('the map in CONTRIBUTING.md knows every package', () => {
    expect(packages.filter((name) => !allowed.has(name))).toEqual([])
  })

  test.each(packages)('%s — imports only what the map allows, and declares it', (name) => {
    const declared = Object.keys(JSON.parse(read(`${name}/package.json`)).dependencies ?? {})
    const faults = sources
      .filter((file) => packageOf(file) === name && !isTest(file))
      .flatMap((file) =>
        importsOf(file)
          .filter((imported) => imported.startsWith('@trainyard/'))
          .map((imported) => ({ file, imported, target: imported.split('/')[1] ?? '' }))
          .filter(({ imported, target }) => !allowed.get(name)?.has(target) || !declared.includes(imported)),
      )
    expect(faults).toEqual([])
  })

  test('no file reaches into another package by path, and apps never import apps', () => {
    const faults = sources.flatMap((file) =>
      importsOf(file)
        .filter((name) => name.startsWith('.'))
        .filter((name) => {
          const target = path.posix.join(path.posix.dirname(file), name)
          return packageOf(target) !== packageOf(file) && !(isTest(file) && target.startsWith('tests/'))
        })
        .map((name) => `${file} → ${name}`),
    )
    expect(faults).toEqual([])
  })

  test('every package names its exports in src/index.ts, and no other file is a barrel', () => {
    const libraries = packages.filter((name) => name.startsWith('libs/') && name !== 'libs/testing')
    expect(libraries.filter((name) => !existsSync(path.join(ROOT, name, 'src/index.ts')))).toEqual([])
    const barrels = sources.filter((file) => !file.endsWith('src/index.ts') && /^export .* from '/m.test(read(file)))
    expect(barrels).toEqual([])
    expect(sources.filter((file) => /^export \* from/m.test(read(file)))).toEqual([])
  })

  test('every folder is one concept: at most twelve source files', () => {
    const counts = Object.groupBy(
      sources.filter((file) => !isTest(file)),
      (file) => path.posix.dirname(file),
    )
    const large = Object.entries(counts).filter(([folder, files]) => !LARGE_FOLDERS.has(folder) && (files?.length ?? 0) > 12)
    expect(large.map(([folder]) => folder)).toEqual([])
  })

  test.each(packages)('%s — has a README of at most 30 lines, and no circle between its files or folders, of types neither', (name) => {
    expect(read(`${name}/README.md`).split('\n').length).toBeLessThanOrEqual(name === 'libs/client' ? 100 : 31) // the client's is published
    const files = sources.filter((file) => packageOf(file) === name && !isTest(file))
    expect(circles(graphOf(files, (file) => file))).toEqual([])
    expect(circles(graphOf(files, folderOf))).toEqual([])
  })

  test.each(FOLDERS_HELD)('%s — its folders import only what the table in its README allows', (name) => {
    const folders = allowedFolders(name)
    const graph = graphOf(
      sources.filter((file) => packageOf(file) === name && !isTest(file)),
      folderOf,
    )
    const within = [...graph].filter(([folder]) => !folder.endsWith('.ts'))
    expect([...folders.keys()].toSorted()).toEqual(within.map(([folder]) => folder).toSorted())
    const faults = within.flatMap(([folder, targets]) =>
      [...targets].filter((to) => !folders.get(folder)?.has(to)).map((to) => `${folder} → ${to}`),
    )
    expect(faults).toEqual([])
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
