import { EnvironmentError } from '@trainyard/contracts'
import { z } from 'zod'
import { buildProgram } from './program.ts'
import { reportError } from './report-error.ts'
import type { CliDeps } from './terminal/session.ts'

const CliEnv = z.object({
  TRAINYARD_URL: z.url({ protocol: /^https?$/, error: 'must be an address like http://127.0.0.1:8787' }).default('http://127.0.0.1:8787'),
  TRAINYARD_API_KEY: z.string().regex(/^\S+$/, 'must be a key as trainyard keys create shows it').optional(),
})

/** Runs one command line; resolves with the exit code. */
export async function runProgram(
  args: readonly string[],
  { env, ...deps }: Pick<CliDeps, 'terminal' | 'runScript'> & { env: NodeJS.ProcessEnv },
): Promise<number> {
  let exitCode = 0
  try {
    const program = buildProgram({ ...deps, ...readEnvironment(env), setExitCode: (code) => (exitCode = code) })
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    return reportError(error, { json: args.includes('--json'), stderr: deps.terminal.stderr })
  }
}

function readEnvironment(env: NodeJS.ProcessEnv): { defaultUrl: string; apiKey: string | undefined } {
  const parsed = CliEnv.safeParse(env)
  if (parsed.success) return { defaultUrl: parsed.data.TRAINYARD_URL, apiKey: parsed.data.TRAINYARD_API_KEY }
  throw new EnvironmentError(parsed.error)
}
