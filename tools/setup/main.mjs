import process from 'node:process'
import { parseArgs } from 'node:util'
import { runTool } from '../process/run-tool.mjs'
import { errorMessage, ToolError } from '../process/tool-error.mjs'
import { parseEngine } from './engine/engine-flavour.mjs'
import { setup } from './setup.mjs'

await runTool(async () => {
  const { argv, stdout: stream } = process
  const env = { ...process.env, ...engineFlag(argv.slice(2)) }
  await setup({ redis: !env['REDIS_URL'], env, stream })
  stream.write('Everything is set up.\n')
  return 0
})

/** @param {string[]} args @returns {NodeJS.ProcessEnv} */
function engineFlag(args) {
  try {
    const { engine } = parseArgs({ args, options: { engine: { type: 'string' } } }).values
    return engine === undefined ? {} : { TRAINYARD_ENGINE: parseEngine(engine, '--engine') }
  } catch (error) {
    if (error instanceof ToolError) throw error
    throw new ToolError(`${errorMessage(error).split('. ')[0]}; npm run setup knows --engine auto, cpu or gpu`, { cause: error })
  }
}
