import { readFileSync } from 'node:fs'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'

const LOOK_EVERY_MS = 50

/** @typedef {{ pid: number, startTime: string }} ProcessIdentity a pid alone may be another process's by now */

/** @param {number} pid @returns {ProcessIdentity | null} */
export function identityOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command's name stands in brackets and may hold anything; field 3 is the state, field 22 the start in clock ticks since boot.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? null : { pid, startTime: fields[19] ?? '' }
  } catch {
    return null
  }
}

/** @param {ProcessIdentity} identity */
export function isAlive({ pid, startTime }) {
  return identityOf(pid)?.startTime === startTime
}

/** Whether it ended by itself in that time. @param {ProcessIdentity} identity @param {number} timeoutMs */
async function ended(identity, timeoutMs) {
  for (const end = performance.now() + timeoutMs; isAlive(identity); await pause(LOOK_EVERY_MS)) {
    if (performance.now() > end) return false
  }
  return true
}

/**
 * Waits for a process to leave, then asks it to, then kills it.
 * @param {ProcessIdentity} identity
 * @param {{ waitMs: number, termMs: number }} patience
 */
export async function endProcess(identity, { waitMs, termMs }) {
  if (await ended(identity, waitMs)) return
  signal(identity, 'SIGTERM')
  if (await ended(identity, termMs)) return
  signal(identity, 'SIGKILL')
  await ended(identity, termMs)
}

/** @param {ProcessIdentity} identity @param {NodeJS.Signals} name */
function signal(identity, name) {
  try {
    if (isAlive(identity)) process.kill(identity.pid, name)
  } catch {
    // It ended between the look and the signal.
  }
}
