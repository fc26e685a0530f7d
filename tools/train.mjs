import path from 'node:path'
import process from 'node:process'
import { ROOT } from './repository.mjs'
import { runInherited } from './run-inherited.mjs'
import { runTool } from './run-tool.mjs'
import { setup } from './setup/setup.mjs'
import { TRAINER_ENVIRONMENT } from './trainer-environment.mjs'

await runTool(async () => {
  const { env, argv, stdout } = process
  await setup({ redis: false, env, stream: stdout })
  return runInherited({
    args: [path.join(ROOT, 'apps', 'trainer', 'src', 'terminal', 'terminal.main.ts'), ...argv.slice(2)],
    env: { ...TRAINER_ENVIRONMENT, ...env },
  })
})
