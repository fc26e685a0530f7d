import { execFile } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packClient, type PackedClient } from './packed-client.ts'

const run = promisify(execFile)
const tsc = path.join(import.meta.dirname, '..', '..', 'node_modules', 'typescript', 'bin', 'tsc')

let client: PackedClient
beforeAll(async () => void (client = await packClient()))
afterAll(() => client.remove())

test('publint finds nothing to say, not even a suggestion', async () => {
  const { messages, pkg } = await publint({ pkgDir: client.built, strict: true })
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
})

test('attw — its types are right wherever an ES module is resolved; CommonJS learns that it is one', async () => {
  const analysis = await checkPackage(createPackageFromTarballData(client.tarball))
  if (!analysis.types) throw new Error('the package has no types')
  // node10 knows no exports; CommonJS can import() it, and from Node 22.12 on require() it
  const problems = analysis.problems.filter(
    (problem) => !('resolutionKind' in problem && ['node10', 'node16-cjs'].includes(problem.resolutionKind)),
  )
  expect(problems).toEqual([])
})

test('nothing inside names what stays here: other packages, sources, tests, this machine', async () => {
  const installed = path.join(client.project, 'node_modules', '@trainyard', 'client')
  const names = await readdir(installed, { recursive: true })
  expect(names).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'package.json', 'client/src/index.js', 'client/src/index.d.ts']))
  for (const name of names.filter((each) => /\.(js|d\.ts|json)$/.test(each))) {
    const text = await readFile(path.join(installed, name), 'utf8')
    expect(name).not.toMatch(/\.test\./)
    if (name !== 'package.json') expect(text, name).not.toContain('@trainyard/')
    expect(text, name).not.toMatch(/from ['"][^'"]+\.ts['"]/)
    expect(text, name).not.toContain(import.meta.dirname.split(path.sep).slice(0, 3).join(path.sep))
  }
})

test("a user's TypeScript sees the types, checked in full, and a wrong field is an error", async () => {
  const source = (norm: string) => `
import { createClient, type Epoch, isProblem } from '@trainyard/client'
const client = createClient({ baseUrl: 'http://localhost:8787', apiKey: 'ty_secret', timeoutMs: 5000 })
export async function losses(): Promise<Epoch['loss'][]> {
  const seen: Epoch['loss'][] = []
  try {
    const { id } = await client.experiments.submit({ depth: 3, norm: '${norm}' })
    for await (const { loss } of client.experiments.watch(id)) seen.push(loss)
  } catch (error) {
    if (isProblem(error, 'QUOTA_EXCEEDED')) seen.push(error.problem.status)
    else throw error
  }
  return seen
}
`
  const compile = async (norm: string): Promise<string> => {
    await writeFile(path.join(client.project, 'user.ts'), source(norm))
    const flags = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2024', '--lib', 'es2024,dom,dom.iterable', '--types', '']
    const { stdout } = await run(process.execPath, [tsc, ...flags, 'user.ts'], { cwd: client.project }).catch(
      (error: { stdout: string }) => error,
    )
    return stdout
  }
  await writeFile(path.join(client.project, 'package.json'), '{ "type": "module" }')
  expect(await compile('batch')).toBe('')
  expect(await compile('bacth')).toContain(`"bacth"' is not assignable`)
})
