import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const root = path.join(import.meta.dirname, '..', '..')

test('every picture that a page shows is there and says in words what is to be seen, and none is there that no page shows', () => {
  const pages = ['README.md', ...globSync('docs/**/*.md', { cwd: root })]
  const shown = pages.flatMap((page) =>
    [...readFileSync(path.join(root, page), 'utf8').matchAll(/!\[([^\]]*)\]\(([^)]+)\)/g)].map(([, words = '', file = '']) => ({
      words,
      file: path.join(path.dirname(page), file),
    })),
  )
  expect(shown.length).toBeGreaterThan(5)
  expect(shown.filter(({ words, file }) => words.length < 10 || !existsSync(path.join(root, file)))).toEqual([])
  const named = new Set(shown.map(({ file }) => file))
  expect(globSync('docs/images/*', { cwd: root }).filter((file) => !named.has(file))).toEqual([])
})
