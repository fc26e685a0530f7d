import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { endProcess, identityOf, processesWith } from './process-identity.mjs'
import { OWN_NODE, ROOT } from './repository.mjs'
import { ToolError } from './tool-error.mjs'

export const EXIT_WITH_PARENT = fileURLToPath(new URL('exit-with-parent.mjs', import.meta.url))
const RUN_ID = 'TOOL_RUN_ID'
const PATIENCE = { waitMs: 2000, termMs: 5000 }

/**
 * Runs a program on our Node in this terminal, as if it had been called itself: signals go to it, its exit code comes back. It ends with this
 * process. After a signal nothing of what it has started stays: it has had no time to clean up.
 * @param {{ args: string[], env: NodeJS.ProcessEnv }} options
 * @returns {Promise<number>}
 */
export function runInherited({ args, env }) {
  const runId = randomUUID()
  return new Promise((resolve, reject) => {
    const child = spawn(OWN_NODE, ['--import', EXIT_WITH_PARENT, ...args], {
      cwd: ROOT,
      env: { ...env, [RUN_ID]: runId },
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    })
    let stopping = false
    const stop = () => {
      stopping = true
      child.kill('SIGTERM')
    }
    // Ctrl-C reaches the whole group by itself; the child decides when to exit.
    process.removeAllListeners('SIGINT').on('SIGINT', () => {})
    for (const signal of ['SIGTERM', 'SIGHUP']) process.removeAllListeners(signal).on(signal, stop)
    child.once('error', (error) =>
      reject(new ToolError(`${OWN_NODE} cannot be run (${error.message}): run npm run setup`, { cause: error })),
    )
    child.once('exit', (code) => {
      const ended = stopping ? endRun(runId) : Promise.resolve()
      void ended.finally(() => resolve(code ?? 1))
    })
  })
}

/** Ends what is left of a run, in whatever process group or session. @param {string} runId */
async function endRun(runId) {
  const left = processesWith(`${RUN_ID}=${runId}`).flatMap((pid) => identityOf(pid) ?? [])
  await Promise.all(left.map((identity) => endProcess(identity, PATIENCE)))
}
