import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { OWN_NODE, ROOT } from './repository.mjs'
import { runTool } from './run-tool.mjs'
import { runInherited } from './run-inherited.mjs'
import { setup } from './setup/setup.mjs'
import { readTestReport } from './test-report.mjs'

await runTool(async () => {
  const { env, stdout } = process
  const { redisServer } = await setup({ redis: true, env, stream: stdout })
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'trainyard-test-'))
  try {
    // Tests start a `redis-server` of their own; where this host's is called otherwise, it has that name for them.
    if (redisServer) symlinkSync(redisServer, path.join(scratch, 'redis-server'))
    const results = path.join(scratch, 'results.json')
    const vitest = path.join(ROOT, 'node_modules', 'vitest', 'vitest.mjs')
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`]
    const searchPath = [scratch, path.dirname(OWN_NODE), env['PATH']].join(path.delimiter)
    const code = await runInherited({ args: [vitest, 'run', ...reporters, ...process.argv.slice(2)], env: { ...env, PATH: searchPath } })
    stdout.write(`${readTestReport(results)}\n`)
    return code
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
})
