import path from 'node:path'
import process from 'node:process'
import { withRedisOnPath } from './redis-on-path.mjs'
import { ROOT } from './repository.mjs'
import { runInherited } from './run-inherited.mjs'
import { runTool } from './run-tool.mjs'
import { setup } from './setup/setup.mjs'

await runTool(async () => {
  const { env, argv, stdout } = process
  const { redisServer } = await setup({ redis: true, env, stream: stdout })
  const args = [path.join(ROOT, 'tests', 'fuzz', 'fuzz.main.ts'), ...argv.slice(2)]
  return withRedisOnPath({ redisServer, env }, ({ searchPath }) => runInherited({ args, env: { ...env, PATH: searchPath } }))
})
