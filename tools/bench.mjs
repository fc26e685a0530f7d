import { existsSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { missingGpuReason } from './gpu/missing-gpu-reason.mjs'
import { ROOT } from './process/repository.mjs'
import { runInherited } from './process/run-inherited.mjs'
import { runTool } from './process/run-tool.mjs'
import { setup } from './setup/setup.mjs'
import { ToolError } from './process/tool-error.mjs'
import { TRAINER_ENVIRONMENT } from './process/trainer-environment.mjs'

await runTool(async () => {
  const { env, argv, stdout } = process
  const [name = '', ...args] = argv.slice(2)
  const script = path.join(ROOT, 'bench', `${name}.ts`)
  if (!/^[a-z]+$/.test(name) || !existsSync(script))
    throw new ToolError('Run npm run bench:training, bench:scaling, bench:checkpoints, bench:api, bench:dashboard or bench:gpu')
  const fault = name === 'gpu' ? missingGpuReason(env) : null
  if (fault !== null) {
    stdout.write(`No GPU here: ${fault}; nothing was measured.\n`)
    return 0
  }
  const its = { ...TRAINER_ENVIRONMENT, ...env, ...(name === 'gpu' && { TRAINYARD_ENGINE: 'gpu' }) }
  await setup({ redis: name !== 'gpu', env: its, stream: stdout })
  return runInherited({ args: [script, ...args], env: its })
})
