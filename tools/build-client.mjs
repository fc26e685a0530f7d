/** Makes the package @trainyard/client for npm: `node tools/build-client.mjs [folder]`, then `npm publish folder`. docs/decisions/0014 has the reasons. */
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import process from 'node:process'
import { ROOT } from './process/repository.mjs'
import { runInherited } from './process/run-inherited.mjs'
import { runTool } from './process/run-tool.mjs'

const CLIENT = path.join(ROOT, 'libs', 'client')
/** Everything that crosses a process travels inside the package: users install one thing, and its parts always fit each other. */
const CONTRACTS = '@trainyard/contracts'

await runTool(async () => {
  const folder = path.resolve(process.argv[2] ?? path.join(CLIENT, 'dist'))
  await rm(folder, { recursive: true, force: true })
  const tsc = path.join(path.dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')
  const code = await runInherited({
    args: [tsc, '-p', path.join(CLIENT, 'tsconfig.build.json'), '--outDir', folder],
    env: process.env,
  })
  if (code !== 0) return code
  for (const name of await readdir(folder, { recursive: true })) {
    if (!/\.(js|d\.ts)$/.test(name)) continue
    const file = path.join(folder, name)
    await writeFile(file, withPublishedImports(await readFile(file, 'utf8'), { from: path.dirname(file), folder }))
  }
  await mkdir(folder, { recursive: true })
  await cp(path.join(ROOT, 'LICENSE'), path.join(folder, 'LICENSE'))
  await cp(path.join(CLIENT, 'README.md'), path.join(folder, 'README.md'))
  await writeFile(path.join(folder, 'package.json'), `${JSON.stringify(await manifest(), undefined, 2)}\n`)
  process.stdout.write(`The package is in ${folder}\n`)
  return 0
})

/**
 * tsc leaves what it does not know as it stands: our other package, and the extensions in declarations.
 * @param {string} text
 * @param {{ from: string, folder: string }} where
 */
function withPublishedImports(text, { from, folder }) {
  const contracts = path.relative(from, path.join(folder, 'contracts', 'src', 'index.js')).replaceAll(path.sep, '/')
  return text
    .replaceAll(`'${CONTRACTS}'`, `'${contracts}'`)
    .replaceAll(`"${CONTRACTS}"`, `"${contracts}"`)
    .replaceAll(/((?:from|import\()\s*['"]\.[^'"]*)\.ts(['"])/g, '$1.js$2')
}

async function manifest() {
  /** @param {string} file */
  const read = async (file) => JSON.parse(await readFile(file, 'utf8'))
  const [root, client, contracts] = await Promise.all(
    [ROOT, CLIENT, path.join(ROOT, 'libs', 'contracts')].map((folder) => read(path.join(folder, 'package.json'))),
  )
  const { [CONTRACTS]: _inside, ...needed } = { ...contracts.dependencies, ...client.dependencies }
  return {
    name: client.name,
    version: root.version,
    description: client.description,
    keywords: ['trainyard', 'machine-learning', 'training', 'experiments'],
    license: client.license,
    type: 'module',
    sideEffects: false,
    exports: { '.': './client/src/index.js' },
    files: ['client', 'contracts'],
    dependencies: Object.fromEntries(Object.entries(needed).map(([name, version]) => [name, `^${version}`])),
    engines: { node: '>=20' },
  }
}
