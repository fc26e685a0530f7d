import { spawn } from 'node:child_process'
import path from 'node:path'
import { OWN_NODE, ROOT } from '../process/repository.mjs'
import { EXIT_WITH_PARENT } from '../process/run-inherited.mjs'
import { ToolError } from '../process/tool-error.mjs'
import { lastSentence, openLog } from './log-files.mjs'
import { supervise } from './supervise.mjs'

/** @typedef {ReturnType<typeof startApp>} AppProcess */
/** @typedef {{ say: (text: string) => void, mayRestart: () => boolean, onRestart: () => void, mayExit?: boolean }} Supervision */

/**
 * Runs the API or a worker. It has a process group of its own, so that Ctrl-C reaches it once, through us; when we are gone, its channel
 * closes and it leaves.
 * @param {{ name: string, log: string, script: string, data: string, env: NodeJS.ProcessEnv, supervision: Supervision }} options
 */
export function startApp({ name, log: logName, script, data, env, supervision }) {
  const { file: log, descriptor } = openLog({ data, name: logName })
  let resolveStarted = () => {}
  /** Resolves at its first message, which a worker sends once it has started. */
  const started = new Promise((resolve) => void (resolveStarted = () => resolve(undefined)))
  const launch = () =>
    spawn(OWN_NODE, ['--import', EXIT_WITH_PARENT, path.join(ROOT, 'apps', script)], {
      cwd: ROOT,
      env,
      detached: true,
      stdio: ['ignore', descriptor, descriptor, 'ipc'],
    }).once('message', resolveStarted)
  return { ...supervise({ name, log, launch, ...supervision }), started }
}

/** Rejects when it ends, with its last sentence. @param {AppProcess} app @returns {Promise<never>} */
export async function endedTooEarly({ name, log, firstExit }) {
  const how = await firstExit
  throw new ToolError(`${name} could not be started: ${lastSentence(log) ?? how} (its log is ${log})`)
}
