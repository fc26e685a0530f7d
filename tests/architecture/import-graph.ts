import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'

export const ROOT = path.join(import.meta.dirname, '..', '..')
/** Every source file and test of apps and libs, by its path from the root. */
export const sources = globSync('{apps,libs}/*/**/*.{ts,tsx}', { cwd: ROOT, exclude: (name) => name === 'node_modules' || name === 'dist' })
export const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8')
export const isTest = (file: string): boolean => file.endsWith('.test.ts') || file.includes('/test-') || file.startsWith('libs/testing/')

/** `apps/api` of `apps/api/src/http/csv.ts`. */
export const packageOf = (file: string): string => file.split('/').slice(0, 2).join('/')

/** The folder below `src`, such as `http` or `experiment/run`; of a file that lies in `src` itself, its name. */
export function folderOf(file: string): string {
  const inside = path.posix.relative(`${packageOf(file)}/src`, file)
  return inside.includes('/') ? path.posix.dirname(inside) : inside
}

/** What a file imports, types included. */
export function importsOf(file: string): string[] {
  return [...read(file).matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '')
}

/** The files of the same package that a file imports. */
export function neighboursOf(file: string): string[] {
  return importsOf(file)
    .filter((name) => name.startsWith('.'))
    .map((name) => path.posix.join(path.posix.dirname(file), name))
}

/** Every circle of a graph as the nodes on it: Tarjan's strongly connected components of more than one node. */
export function circles(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const found: string[][] = []
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const stack: string[] = []
  const visit = (node: string): void => {
    order.set(node, order.size)
    lowest.set(node, order.size - 1)
    stack.push(node)
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) visit(next)
      if (stack.includes(next)) lowest.set(node, Math.min(lowest.get(node) ?? 0, lowest.get(next) ?? 0))
    }
    if (lowest.get(node) !== order.get(node)) return
    const circle = stack.splice(stack.indexOf(node))
    if (circle.length > 1) found.push(circle.toSorted())
  }
  for (const node of graph.keys()) if (!order.has(node)) visit(node)
  return found
}
