// npx trainyard doctor: what this host has and lacks, and what to do about it.
import path from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { checkEngine } from './doctor/check-engine.mjs'
import { checkCompiler, checkData, checkDisk, checkFlowers102, checkNode } from './doctor/check-host.mjs'
import { checkApi, checkRedis } from './doctor/check-service.mjs'
import { runTool } from './run-tool.mjs'
import { cacheFolder } from './setup/cache-folder.mjs'
import { dataFolder } from './start/flags.mjs'
import { readRunRecord } from './start/run-record.mjs'
import { messageOf, ToolError } from './tool-error.mjs'

const HELP = `trainyard doctor     what this host has and lacks

  --data <folder>   the data directory (TRAINYARD_DATA, or ~/.local/share/trainyard)
  --json            the same as JSON
  --help            this text
`
const MARKS = { ok: '✓', missing: '✗', optional: '–' }

await runTool(async () => {
  const { env, stdout } = process
  const cwd = env['INIT_CWD'] ?? process.cwd()
  const flags = parse(process.argv.slice(2))
  if (flags.help) {
    stdout.write(HELP)
    return 0
  }
  const data = flags.data === undefined ? dataFolder({ env, cwd }) : path.resolve(cwd, flags.data)
  const cache = cacheFolder(env)
  const record = readRunRecord(data)
  const checks = [
    checkNode(),
    await checkEngine(env),
    checkCompiler(env),
    await checkRedis({ data, cache, env, record }),
    await checkApi({ env, record }),
    checkData(data),
    checkDisk({ data, cache }),
    checkFlowers102({ env, data }),
  ]
  stdout.write(flags.json ? `${JSON.stringify({ checks }, null, 2)}\n` : checks.map(lineOf).join(''))
  return checks.some(({ state }) => state === 'missing') ? 1 : 0
})

/** @param {import('./doctor/check.mjs').Check} check */
function lineOf({ name, state, detail, advice }) {
  return `${MARKS[state]} ${name.padEnd(14)} ${detail}${advice ? `: ${advice}` : ''}\n`
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({ args, options: { json: { type: 'boolean' }, data: { type: 'string' }, help: { type: 'boolean' } } }).values
  } catch (error) {
    throw new ToolError(`${messageOf(error).split(/\. |\n/)[0]}; trainyard doctor --help lists the flags`, { cause: error })
  }
}
