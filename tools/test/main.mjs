import path from 'node:path'
import process from 'node:process'
import { withRedisOnPath } from './redis-on-path.mjs'
import { ROOT } from '../process/repository.mjs'
import { runTool } from '../process/run-tool.mjs'
import { runInherited } from '../process/run-inherited.mjs'
import { setup } from '../setup/setup.mjs'
import { readTestReport } from './report.mjs'

/** What CI alone runs, for its time: `npm test -- --project chaos` does so by hand. */
const ONLY_IN_CI = ['--project=!chaos', '--project=!containers']

await runTool(async () => {
  const { env, stdout, argv } = process
  const asked = argv.slice(2)
  const { redisServer } = await setup({ redis: true, env, stream: stdout })
  return withRedisOnPath({ redisServer, env }, async ({ searchPath, scratch }) => {
    const results = path.join(scratch, 'results.json')
    const vitest = path.join(ROOT, 'node_modules', 'vitest', 'vitest.mjs')
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`]
    const code = await runInherited({
      args: [vitest, 'run', ...reporters, ...(asked.length > 0 ? asked : ONLY_IN_CI)],
      env: { ...env, PATH: searchPath },
    })
    stdout.write(`${readTestReport(results)}\n`)
    return code
  })
})
