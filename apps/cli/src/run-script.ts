import { spawn } from 'node:child_process'
import path from 'node:path'

const KILLED_EXIT_CODE = 1

/** Runs a script of the repository on this same node, with this terminal as its own. Ctrl-C reaches it by itself; it exits when all has stopped. */
export function createScriptRunner({ repository, node }: { repository: string; node: string }) {
  return (script: string, args: readonly string[]): Promise<number> =>
    new Promise((resolve, reject) => {
      const child = spawn(node, [path.join(repository, script), ...args], { stdio: 'inherit' })
      const wait = (): void => {}
      const pass = (): boolean => child.kill('SIGTERM')
      process.on('SIGINT', wait).on('SIGTERM', pass)
      child.once('error', reject)
      child.once('exit', (code) => {
        process.off('SIGINT', wait).off('SIGTERM', pass)
        resolve(code ?? KILLED_EXIT_CODE)
      })
    })
}
