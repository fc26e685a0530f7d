import { spawn } from 'node:child_process'
import path from 'node:path'
import process from 'node:process'
import { OWN_NODE, ROOT } from './repository.mjs'

/**
 * Runs a script on the Node that npm installed here, with this terminal as its own, and resolves with its exit code.
 * @param {{ args: string[], env: NodeJS.ProcessEnv }} options
 * @returns {Promise<number>}
 */
export function runOwnNode({ args, env }) {
  const PATH = [path.dirname(OWN_NODE), env['PATH']].join(path.delimiter)
  return new Promise((resolve, reject) => {
    const child = spawn(OWN_NODE, args, { cwd: ROOT, env: { ...env, PATH }, stdio: 'inherit' })
    // A terminal's Ctrl-C reaches the child by itself; it says when all is over.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(signal)
    process.on('SIGINT', () => {})
    for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal))
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}
