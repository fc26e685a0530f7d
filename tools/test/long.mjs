import path from 'node:path'
import process from 'node:process'
import { withRedisOnPath } from './redis-on-path.mjs'
import { ROOT } from '../process/repository.mjs'
import { runInherited } from '../process/run-inherited.mjs'
import { runTool } from '../process/run-tool.mjs'
import { setup } from '../setup/setup.mjs'

// npm run chaos, npm run fuzz
await runTool(async () => {
  const { env, argv, stdout } = process
  const [name = '', ...args] = argv.slice(2)
  const script = path.join(ROOT, 'tests', name, `${name}.main.ts`)
  const { redisServer } = await setup({ redis: true, env, stream: stdout })
  return withRedisOnPath({ redisServer, env }, ({ searchPath }) =>
    runInherited({ args: [script, ...args], env: { ...env, PATH: searchPath } }),
  )
})
