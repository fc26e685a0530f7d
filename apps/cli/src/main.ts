import path from 'node:path'
import { ExpectedError } from '@trainyard/contracts'
import { z } from 'zod'
import { buildProgram } from './program.ts'
import { reportError } from './report-error.ts'
import { createScriptRunner } from './run-script.ts'

const { stdout, stderr } = process
const json = process.argv.includes('--json')

stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that leaves early, as `| head` does, is no error.
  if (error.code === 'EPIPE') process.exit(0)
  process.exit(reportError(error, { json, stderr }))
})

try {
  const program = buildProgram({
    defaultUrl: readDefaultUrl(process.env),
    terminal: { stdout, stderr, listenForInterrupt },
    runScript: createScriptRunner({ repository: path.join(import.meta.dirname, '..', '..', '..'), node: process.execPath }),
    setExitCode: (code) => (process.exitCode = code),
  })
  await program.parseAsync()
} catch (error) {
  process.exitCode = reportError(error, { json, stderr })
}

function readDefaultUrl(env: NodeJS.ProcessEnv): string {
  const parsed = z.object({ TRAINYARD_URL: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:8787') }).safeParse(env)
  if (parsed.success) return parsed.data.TRAINYARD_URL
  throw new ExpectedError('CONFIG_INVALID', 'TRAINYARD_URL must be an address like http://127.0.0.1:8787', { cause: parsed.error })
}

/** The first Ctrl-C asks, the second one ends the process as ever. */
function listenForInterrupt(): AbortSignal {
  const interrupt = new AbortController()
  process.once('SIGINT', () => interrupt.abort())
  return interrupt.signal
}
