import process from 'node:process'
import { environmentOf, identityOf, isAlive, parentOf } from './process-identity.mjs'

const POLL_INTERVAL_MS = 250

/**
 * Sends this process SIGTERM once npm, or a process between npm and it, has ended: npm passes on SIGINT and SIGTERM alone, and none when it is
 * killed; its shell passes on nothing. Without npm nothing is watched: what a shell started may outlive it.
 */
export function exitWithNpm() {
  const ancestors = npmAncestors()
  if (ancestors.length === 0) return
  const timer = setInterval(() => {
    if (ancestors.every(isAlive)) return
    clearInterval(timer)
    process.kill(process.pid, 'SIGTERM')
  }, POLL_INTERVAL_MS)
  timer.unref()
}

/** npm and what it has started on the way to this process, by the name of the script that npm gives its children. */
function npmAncestors() {
  const script = process.env['npm_lifecycle_event']
  const ancestors = []
  let inside = script !== undefined
  for (let pid = process.ppid; inside && pid > 0; pid = parentOf(pid)) {
    const identity = identityOf(pid)
    if (identity) ancestors.push(identity)
    inside = environmentOf(pid).includes(`npm_lifecycle_event=${script}`)
  }
  return ancestors
}
