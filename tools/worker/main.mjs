import path from 'node:path'
import process from 'node:process'
import { ROOT } from '../process/repository.mjs'
import { runInherited } from '../process/run-inherited.mjs'
import { runTool } from '../process/run-tool.mjs'
import { setup } from '../setup/setup.mjs'
import { WORKER_HELP, workerEnvironment } from './flags.mjs'

// npm run worker
await runTool(async () => {
  const { argv, stdout } = process
  const env = workerEnvironment({ args: argv.slice(2), env: process.env, cwd: process.env['INIT_CWD'] ?? process.cwd() })
  if (env === null) {
    stdout.write(WORKER_HELP)
    return 0
  }
  await setup({ redis: false, env, stream: stdout })
  return runInherited({ args: [path.join(ROOT, 'apps', 'worker', 'src', 'main.ts')], env })
})
