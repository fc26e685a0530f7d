import { spawn } from 'node:child_process'
import path from 'node:path'

const bin = path.join(import.meta.dirname, '..', 'bin', 'trainyard.mjs')

export interface CliRun {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs the real program; `onOutput` sees all of stdout so far, and the process. */
export function runCli(
  args: readonly string[],
  options: { url?: string; apiKey?: string; input?: string; onOutput?: (stdout: string, pid: number) => void } = {},
): Promise<CliRun> {
  return runProgram([process.execPath, bin, ...args], options)
}

/** The same in a terminal of its own; what it shows is all in stdout. */
export function runCliInTerminal(args: readonly string[], { url }: { url: string }): Promise<CliRun> {
  const words = [process.execPath, bin, ...args].map((word) => `'${word}'`)
  return runProgram(['script', '-qec', `stty cols 80 rows 24; ${words.join(' ')}`, '/dev/null'], { url, env: { TERM: 'xterm-256color' } })
}

interface RunOptions {
  url?: string
  apiKey?: string
  /** What it reads from stdin. */
  input?: string
  env?: NodeJS.ProcessEnv
  onOutput?: (stdout: string, pid: number) => void
}

function runProgram([command = '', ...args]: readonly string[], { url, apiKey, input, env, onOutput }: RunOptions): Promise<CliRun> {
  // What decides about colours is the test's to say; CI=true alone would turn them off.
  const { TRAINYARD_URL: _elsewhere, TRAINYARD_API_KEY: _other, FORCE_COLOR: _colour, NO_COLOR: _plain, CI: _ci, ...own } = process.env
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...own, ...env, ...(url && { TRAINYARD_URL: url }), ...(apiKey && { TRAINYARD_API_KEY: apiKey }) },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    child.stdin.on('error', () => {}).end(input)
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
