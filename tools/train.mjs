// npm run train -- --depth 3 --epochs 5: trains in this terminal, with no service.
import process from 'node:process'
import { runOwnNode } from './run-own-node.mjs'
import { runTool } from './run-tool.mjs'
import { setup } from './setup/setup.mjs'

await runTool(async () => {
  const { argv, env, stdout } = process
  await setup({ redis: false, env, stream: stdout })
  return runOwnNode({ args: ['apps/trainer/src/terminal.main.ts', ...argv.slice(2)], env })
})
