import process from 'node:process'
import { parseArgs } from 'node:util'
import { findingLine } from './finding.mjs'
import { checkGpu } from './gpu-check.mjs'
import { checkCompiler, checkData, checkEngine, checkFlowers102, checkNode, checkPlatform } from './host-checks.mjs'
import { checkApi, checkRedis } from './service-checks.mjs'
import { runTool } from '../process/run-tool.mjs'
import { dataFolder } from '../start/flags.mjs'
import { errorMessage, ToolError } from '../process/tool-error.mjs'

/** Prints what this host has and lacks, a line each; with --json as one document. Exit code 1 when something is wrong. */
await runTool(async () => {
  const { env, stdout } = process
  const { json, data } = parseFlags(process.argv.slice(2))
  const cwd = env['INIT_CWD'] ?? process.cwd()
  const where = { env, data: dataFolder({ env: data ? { TRAINYARD_DATA: data } : env, cwd }) }
  const findings = [
    checkPlatform(),
    checkNode(),
    checkEngine(env),
    checkGpu(env),
    checkCompiler(env),
    await checkRedis(where),
    await checkApi(where),
    ...checkData(where.data),
    checkFlowers102(where),
  ]
  const ok = findings.every((finding) => finding.ok !== false)
  stdout.write(json ? `${JSON.stringify({ ok, checks: findings }, null, 2)}\n` : `${findings.map(findingLine).join('\n')}\n`)
  return ok ? 0 : 1
})

/** @param {string[]} args */
function parseFlags(args) {
  try {
    return parseArgs({ args, options: { json: { type: 'boolean', default: false }, data: { type: 'string' } } }).values
  } catch (error) {
    throw new ToolError(`${errorMessage(error).split('. ')[0]}; doctor knows --json and --data <folder>`, { cause: error })
  }
}
