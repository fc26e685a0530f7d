import process from 'node:process'
import { exitWithNpm } from './exit-with-npm.mjs'
import { errorMessage, ToolError } from './tool-error.mjs'

const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }

/**
 * Runs a tool's main function: its result is the exit code, its failure one sentence. A signal, or the end of the npm that runs it, ends the
 * process with its children, until the tool handles signals itself (`process.removeAllListeners`).
 * @param {() => Promise<number>} main
 */
export async function runTool(main) {
  for (const [signal, number] of Object.entries(SIGNAL_NUMBERS)) process.on(signal, () => process.exit(128 + number))
  exitWithNpm()
  try {
    process.exitCode = await main()
  } catch (error) {
    const expected = error instanceof ToolError
    process.stderr.write(`${expected ? '' : 'This failed for an unexpected reason: '}${errorMessage(error)}\n`)
    if (process.env['TRAINYARD_DEBUG'] === '1') process.stderr.write(`${error instanceof Error ? error.stack : ''}\n`)
    process.exit(1)
  }
}
