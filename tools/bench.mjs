// npm run bench:training, npm run bench:api
import process from 'node:process'
import { runOwnNode } from './run-own-node.mjs'
import { runTool } from './run-tool.mjs'
import { setup } from './setup/setup.mjs'
import { ToolError } from './tool-error.mjs'

const BENCHES = ['training', 'api']

await runTool(async () => {
  const [name = '', ...args] = process.argv.slice(2)
  if (!BENCHES.includes(name)) throw new ToolError(`There is no bench called "${name}": npm run bench:training or npm run bench:api`)
  const { env, stdout } = process
  await setup({ redis: name === 'api', env, stream: stdout })
  return runOwnNode({ args: [`bench/${name}.ts`, ...args], env })
})
