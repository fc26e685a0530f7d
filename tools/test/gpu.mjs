import path from 'node:path'
import process from 'node:process'
import { missingGpuReason } from '../gpu/missing-gpu-reason.mjs'
import { ROOT } from '../process/repository.mjs'
import { runInherited } from '../process/run-inherited.mjs'
import { runTool } from '../process/run-tool.mjs'
import { setup } from '../setup/setup.mjs'
import { TRAINER_ENVIRONMENT } from '../process/trainer-environment.mjs'

/** What computes: beside the GPU's own tests those that hold layers, loop and parity on every device. */
const FOLDERS = ['tests/gpu', 'tests/parity', 'libs/tensorflow', 'libs/training']

await runTool(async () => {
  const { env, stdout, argv } = process
  const fault = missingGpuReason(env)
  if (fault !== null) {
    stdout.write(`No GPU here: ${fault}; nothing was tested.\n`)
    return env['TRAINYARD_REQUIRE_GPU'] === '1' ? 1 : 0
  }
  const onGpu = { ...TRAINER_ENVIRONMENT, ...env, TRAINYARD_ENGINE: 'gpu', TRAINYARD_REQUIRE_GPU: '1' }
  await setup({ redis: false, env: onGpu, stream: stdout })
  const vitest = path.join(ROOT, 'node_modules', 'vitest', 'vitest.mjs')
  const files = argv.slice(2)
  return runInherited({ args: [vitest, 'run', ...(files.length > 0 ? files : FOLDERS)], env: onGpu })
})
