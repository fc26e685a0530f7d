import path from 'node:path'
import process from 'node:process'
import { ROOT } from './process/repository.mjs'
import { runInherited } from './process/run-inherited.mjs'
import { runTool } from './process/run-tool.mjs'
import { setup } from './setup/setup.mjs'
import { TRAINER_ENVIRONMENT } from './process/trainer-environment.mjs'

await runTool(async () => {
  const { env, argv, stdout } = process
  await setup({ redis: false, env, stream: stdout })
  return runInherited({
    args: [path.join(ROOT, 'apps', 'trainer', 'src', 'terminal', 'terminal.main.ts'), ...argv.slice(2)],
    env: { ...TRAINER_ENVIRONMENT, ...env },
  })
})
