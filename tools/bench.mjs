import { existsSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { ROOT } from './repository.mjs'
import { runInherited } from './run-inherited.mjs'
import { runTool } from './run-tool.mjs'
import { setup } from './setup/setup.mjs'
import { ToolError } from './tool-error.mjs'
import { TRAINER_ENVIRONMENT } from './trainer-environment.mjs'

await runTool(async () => {
  const { env, argv, stdout } = process
  const [name = '', ...args] = argv.slice(2)
  const script = path.join(ROOT, 'bench', `${name}.ts`)
  if (!/^[a-z]+$/.test(name) || !existsSync(script))
    throw new ToolError('Run npm run bench:training, bench:scaling, bench:checkpoints or bench:api')
  await setup({ redis: true, env, stream: stdout })
  return runInherited({ args: [script, ...args], env: { ...TRAINER_ENVIRONMENT, ...env } })
})
