import { spawn } from 'node:child_process'
import path from 'node:path'
import { Readable, Writable } from 'node:stream'
import { runProgram } from './run-program.ts'
import type { TerminalOutput } from './terminal/session.ts'

const bin = path.join(import.meta.dirname, '..', 'bin', 'trainyard.mjs')

// A test sets what decides about colours.
for (const name of ['FORCE_COLOR', 'NO_COLOR']) delete process.env[name]

export interface CliRun {
  code: number | null
  stdout: string
  stderr: string
}

interface RunOptions {
  url?: string
  apiKey?: string
  /** What it reads from stdin. */
  input?: string
}

/** Runs the program in this process, with streams that are no terminal. */
export async function runCli(args: readonly string[], { input = '', ...options }: RunOptions = {}): Promise<CliRun> {
  const [stdout, stderr] = [collect(), collect()]
  const code = await runProgram(args, {
    env: environmentOf(options),
    terminal: {
      ...{ stdin: Readable.from([input]), stdout: stdout.stream, stderr: stderr.stream },
      listenForInterrupt: () => new AbortController().signal,
    },
    runScript: () => Promise.reject(new Error('a script needs a process: runCliProcess()')),
  })
  return { code, stdout: stdout.text(), stderr: stderr.text() }
}

function collect(): { stream: TerminalOutput; text: () => string } {
  const chunks: Buffer[] = []
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  return { stream: Object.assign(stream, { isTTY: false, columns: 0 }), text: () => Buffer.concat(chunks).toString() }
}

/** Runs it as users do, in a process of its own; `onOutput` sees all of stdout so far, and the process. */
export function runCliProcess(
  args: readonly string[],
  options: Pick<RunOptions, 'url'> & { onOutput?: (stdout: string, pid: number) => void } = {},
): Promise<CliRun> {
  return runProcess([process.execPath, bin, ...args], options)
}

/** The same in a terminal of its own; what it shows is all in stdout. */
export function runCliInTerminal(args: readonly string[], { url }: { url: string }): Promise<CliRun> {
  const words = [process.execPath, bin, ...args].map((word) => `'${word}'`)
  return runProcess(['script', '-qec', `stty cols 80 rows 24; ${words.join(' ')}`, '/dev/null'], { url, env: { TERM: 'xterm-256color' } })
}

interface ProcessOptions extends RunOptions {
  env?: NodeJS.ProcessEnv
  onOutput?: (stdout: string, pid: number) => void
}

function runProcess([command = '', ...args]: readonly string[], { env, onOutput, ...options }: ProcessOptions): Promise<CliRun> {
  // CI=true alone would turn colours off.
  const { TRAINYARD_URL: _elsewhere, TRAINYARD_API_KEY: _other, CI: _ci, ...own } = process.env
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...own, ...env, ...environmentOf(options) }, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      if (child.pid) onOutput?.(stdout, child.pid)
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.once('error', reject).once('close', (code) => resolve({ code, stdout, stderr }))
  })
}

const environmentOf = ({ url, apiKey }: RunOptions) => ({
  ...(url && { TRAINYARD_URL: url }),
  ...(apiKey && { TRAINYARD_API_KEY: apiKey }),
})
