import { spawn } from 'node:child_process'
import process from 'node:process'
import { OWN_NODE, ROOT } from './repository.mjs'
import { ToolError } from './tool-error.mjs'

/**
 * Runs a program on our Node in this terminal, as if it had been called itself: signals go to it, its exit code comes back.
 * @param {{ args: string[], env: NodeJS.ProcessEnv }} options
 * @returns {Promise<number>}
 */
export function runInherited({ args, env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(OWN_NODE, args, { cwd: ROOT, env, stdio: 'inherit' })
    // Ctrl-C reaches the whole group by itself; the child says when it is over.
    process.removeAllListeners('SIGINT').on('SIGINT', () => {})
    process.removeAllListeners('SIGTERM').on('SIGTERM', () => child.kill('SIGTERM'))
    child.once('error', (error) =>
      reject(new ToolError(`${OWN_NODE} cannot be run (${error.message}): run npm run setup`, { cause: error })),
    )
    child.once('exit', (code) => resolve(code ?? 1))
  })
}
