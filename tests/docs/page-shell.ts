import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'

interface Printed {
  exitCode: number
  stdout: string
  stderr: string
}

export interface PageShell {
  /** Runs a script as if it were typed: what it sets and where it goes to hold for the next one. */
  run(script: string): Promise<Printed>
  close(): void
}

/** One bash for all of a page, as its reader has one terminal. */
export function openPageShell({ cwd, scratch, env }: { cwd: string; scratch: string; env: NodeJS.ProcessEnv }): PageShell {
  const bash = spawn('bash', ['--norc', '-s'], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  let onOutput = (): void => {}
  bash.stdin.on('error', () => {})
  bash.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    onOutput()
  })
  bash.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  bash.on('close', () => onOutput())
  return {
    async run(script) {
      ;[stdout, stderr] = ['', '']
      const file = path.join(scratch, 'typed.sh')
      await writeFile(file, `${script}\n`)
      // in a file: what is typed next is no command's input
      bash.stdin.write(`. '${file}' < /dev/null; printf '\\0%s\\0' $?\n`)
      return new Promise((resolve, reject) => {
        onOutput = () => {
          const [printed = '', code, rest] = stdout.split('\0')
          if (rest !== undefined) resolve({ exitCode: Number(code), stdout: printed, stderr })
          else if (bash.exitCode !== null)
            reject(new Error(`it failed, and ended the page's shell with ${bash.exitCode}\n${stdout}${stderr}`))
        }
        onOutput()
      })
    },
    close: () => void bash.kill(),
  }
}
