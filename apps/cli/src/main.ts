import path from 'node:path'
import { EnvironmentError } from '@trainyard/contracts'
import { z } from 'zod'
import { buildProgram } from './program.ts'
import { reportError } from './report-error.ts'
import { createScriptRunner } from './run-script.ts'

const CliEnv = z.object({
  TRAINYARD_URL: z.url({ protocol: /^https?$/, error: 'must be an address like http://127.0.0.1:8787' }).default('http://127.0.0.1:8787'),
  TRAINYARD_API_KEY: z.string().regex(/^\S+$/, 'must be a key as trainyard keys create shows it').optional(),
})

const { stdout, stderr } = process
const json = process.argv.includes('--json')

stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that leaves early, as `| head` does, is no error.
  if (error.code === 'EPIPE') process.exit(0)
  process.exit(reportError(error, { json, stderr }))
})

try {
  const program = buildProgram({
    ...readEnvironment(process.env),
    terminal: { stdout, stderr, listenForInterrupt },
    runScript: createScriptRunner({ repository: path.join(import.meta.dirname, '..', '..', '..'), node: process.execPath }),
    setExitCode: (code) => (process.exitCode = code),
  })
  await program.parseAsync()
} catch (error) {
  process.exitCode = reportError(error, { json, stderr })
}

function readEnvironment(env: NodeJS.ProcessEnv): { defaultUrl: string; apiKey: string | undefined } {
  const parsed = CliEnv.safeParse(env)
  if (parsed.success) return { defaultUrl: parsed.data.TRAINYARD_URL, apiKey: parsed.data.TRAINYARD_API_KEY }
  throw new EnvironmentError(parsed.error)
}

/** The first Ctrl-C asks, the second one ends the process as ever. */
function listenForInterrupt(): AbortSignal {
  const interrupt = new AbortController()
  process.once('SIGINT', () => interrupt.abort())
  return interrupt.signal
}
