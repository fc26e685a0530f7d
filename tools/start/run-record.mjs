import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { endProcess } from '../process/process-identity.mjs'

/** The service's own children leave when it is gone; Redis does not, and what it holds is on disk already. */
const PATIENCE = { waitMs: 2000, termMs: 5000 }

/**
 * What `npm start` runs for a data directory, for the next start and for `trainyard doctor`.
 * @typedef {object} RunRecord
 * @property {number} pid
 * @property {string} url
 * @property {{ port: number, identity: import('../process/process-identity.mjs').ProcessIdentity | null } | null} redis
 * @property {import('../process/process-identity.mjs').ProcessIdentity[]} children
 */

/** @param {string} data */
const fileIn = (data) => path.join(data, 'run.json')

/** @param {string} data @returns {RunRecord | null} */
export function readRunRecord(data) {
  try {
    return existsSync(fileIn(data)) ? JSON.parse(readFileSync(fileIn(data), 'utf8')) : null
  } catch {
    return null // cut off in a crash
  }
}

/** @param {string} data @param {RunRecord} record */
export function writeRunRecord(data, record) {
  const partial = `${fileIn(data)}.partial`
  writeFileSync(partial, `${JSON.stringify(record)}\n`, { mode: 0o600 })
  renameSync(partial, fileIn(data))
}

/** @param {string} data */
export function removeRunRecord(data) {
  rmSync(fileIn(data), { force: true })
}

/** Stops the processes that a killed `npm start` left behind; two servers on one append-only file would ruin it. @param {string} data */
export async function stopOrphans(data) {
  const record = readRunRecord(data)
  if (!record) return
  await Promise.all(record.children.map((child) => endProcess(child, PATIENCE)))
  if (record.redis?.identity) await endProcess(record.redis.identity, { ...PATIENCE, waitMs: 0 })
  removeRunRecord(data)
}
