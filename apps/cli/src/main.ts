import path from 'node:path'
import process from 'node:process'
import { createScriptRunner } from './run-script.ts'
import { reportError } from './report-error.ts'
import { runProgram } from './run-program.ts'

const { stdin, stdout, stderr, env } = process
const args = process.argv.slice(2)

stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that leaves early, as `| head` does, is no error.
  if (error.code === 'EPIPE') process.exit(0)
  process.exit(reportError(error, { json: args.includes('--json'), stderr }))
})

process.exitCode = await runProgram(args, {
  env,
  terminal: { stdin, stdout, stderr, listenForInterrupt },
  runScript: createScriptRunner({ repository: path.join(import.meta.dirname, '..', '..', '..'), node: process.execPath }),
})

/** The first Ctrl-C asks, the second one ends the process as ever. */
function listenForInterrupt(): AbortSignal {
  const interrupt = new AbortController()
  process.once('SIGINT', () => interrupt.abort())
  return interrupt.signal
}
