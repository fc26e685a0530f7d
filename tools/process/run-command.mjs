import { spawn } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import process from 'node:process'

/** @typedef {{ code: number | null, output: string }} CommandResult `code` is null where the command could not be started or was killed */

/**
 * Runs a command to its end, with what it prints in the log file and in the result. It never throws, and ends with this process.
 * @param {{ command: string, args: string[], log: string, cwd?: string, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<CommandResult>}
 */
export function runCommand({ command, args, log, cwd = process.cwd(), env = process.env }) {
  appendFileSync(log, `\n$ ${[command, ...args].join(' ')}\n`)
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const kill = () => void child.kill()
    process.on('exit', kill)
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
        output += text
        appendFileSync(log, text)
      })
    }
    /** @param {number | null} code */
    const finish = (code) => {
      process.off('exit', kill)
      resolve({ code, output })
    }
    child.once('error', (error) => {
      output += error.message
      finish(null)
    })
    child.once('close', finish)
  })
}
