// npm test, npm test -- libs/training: sets up what is missing, runs the tests, and says the result in one line.
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { runOwnNode } from './run-own-node.mjs'
import { runTool } from './run-tool.mjs'
import { setup } from './setup/setup.mjs'
import { readTestReport } from './test-report.mjs'

await runTool(async () => {
  const { argv, env, stdout } = process
  const { redisServer } = await setup({ redis: true, env, stream: stdout })
  const folder = mkdtempSync(path.join(os.tmpdir(), 'trainyard-test-'))
  try {
    const report = path.join(folder, 'report.json')
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const code = await runOwnNode({
      args: ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...argv.slice(2)],
      env: { ...env, TRAINYARD_REDIS_SERVER: redisServer ?? 'redis-server' },
    })
    const { line, failed } = readTestReport(report)
    stdout.write(`${line}\n`)
    return failed > 0 && code === 0 ? 1 : code
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
