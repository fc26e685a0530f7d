import { readdirSync, readFileSync } from 'node:fs'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'

const POLL_INTERVAL_MS = 50

/** @typedef {{ pid: number, startTime: string }} ProcessIdentity a pid alone may be another process's by now */

/** @param {number} pid @returns {ProcessIdentity | null} */
export function identityOf(pid) {
  const { state, startTime } = statOf(pid)
  return state === undefined || state === 'Z' ? null : { pid, startTime }
}

/** 0 where it has ended. @param {number} pid */
export function parentOf(pid) {
  return statOf(pid).parent
}

/** @param {number} pid */
function statOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command's name stands in brackets and may hold anything; field 3 is the state, 4 the parent, 22 the start in clock ticks since boot.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0], parent: Number(fields[1]), startTime: fields[19] ?? '' }
  } catch {
    return { state: undefined, parent: 0, startTime: '' }
  }
}

/** The environment that a process was started with, as NAME=value. @param {number} pid */
export function environmentOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  } catch {
    return [] // it has ended, or is another user's
  }
}

/** The processes that were started with this in their environment, or descend from one that was. @param {string} entry */
export function processesWith(entry) {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && environmentOf(pid).includes(entry))
}

/** @param {ProcessIdentity} identity */
export function isAlive({ pid, startTime }) {
  return identityOf(pid)?.startTime === startTime
}

/** Whether it ended by itself in that time. @param {ProcessIdentity} identity @param {number} timeoutMs */
async function ended(identity, timeoutMs) {
  for (const end = performance.now() + timeoutMs; isAlive(identity); await pause(POLL_INTERVAL_MS)) {
    if (performance.now() > end) return false
  }
  return true
}

/**
 * Waits for a process to end, then sends it SIGTERM, then SIGKILL.
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
