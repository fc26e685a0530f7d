import process from 'node:process'
import { runTool } from '../run-tool.mjs'
import { setup } from './setup.mjs'

await runTool(async () => {
  const { env, stdout: stream } = process
  await setup({ redis: !env['REDIS_URL'], env, stream })
  stream.write('Everything is set up.\n')
  return 0
})
