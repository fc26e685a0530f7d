import { existsSync, mkdirSync, openSync, readFileSync, renameSync } from 'node:fs'
import path from 'node:path'

/** Opens data/logs/<name>.log for appending; the log of the start before is kept beside it. @param {{ data: string, name: string }} options */
export function openLog({ data, name }) {
  const folder = path.join(data, 'logs')
  mkdirSync(folder, { recursive: true })
  const file = path.join(folder, `${name}.log`)
  if (existsSync(file)) renameSync(file, `${file}.1`)
  return { file, descriptor: openSync(file, 'a', 0o600) }
}

/** The last line that a program wrote for people, among its JSON. @param {string} file */
export function lastSentence(file) {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.findLast?.((line) => line.trim() !== '' && !line.startsWith('{')) ?? null
}
