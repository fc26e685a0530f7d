import path from 'node:path'
import process from 'node:process'
import { withRedisOnPath } from './redis-on-path.mjs'
import { ROOT } from '../process/repository.mjs'
import { runTool } from '../process/run-tool.mjs'
import { runInherited } from '../process/run-inherited.mjs'
import { setup } from '../setup/setup.mjs'
import { readTestReport } from './report.mjs'

await runTool(async () => {
  const { env, stdout } = process
  const { redisServer } = await setup({ redis: true, env, stream: stdout })
  return withRedisOnPath({ redisServer, env }, async ({ searchPath, scratch }) => {
    const results = path.join(scratch, 'results.json')
    const vitest = path.join(ROOT, 'node_modules', 'vitest', 'vitest.mjs')
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`]
    const code = await runInherited({ args: [vitest, 'run', ...reporters, ...process.argv.slice(2)], env: { ...env, PATH: searchPath } })
    stdout.write(`${readTestReport(results)}\n`)
    return code
  })
})
