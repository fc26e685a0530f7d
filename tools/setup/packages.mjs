import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { ToolError } from '../process/tool-error.mjs'
import { runCommand } from '../process/run-command.mjs'

/** @typedef {{ root: string, env: NodeJS.ProcessEnv, log: string, announce: import('./progress-log.mjs').Announce }} PackagesContext */
/** @typedef {{ version?: string, optional?: boolean, devOptional?: boolean }} LockedPackage */

const REASONS = [
  { sign: /ENOSPC/, text: 'the disk is full: free some space and run this again' },
  { sign: /EACCES|EPERM|EROFS/, text: 'a folder cannot be written: run it as the user who owns this checkout' },
  {
    sign: /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ECONNRESET/,
    text: 'a host cannot be reached: check the network or proxy and run this again',
  },
  {
    sign: /CERT|SSL/,
    text: "the registry's certificate is not trusted: set NODE_EXTRA_CA_CERTS to your network's certificates and run this again",
  },
  { sign: /EUSAGE/, text: 'package.json and package-lock.json do not fit together: run npm install, then this again' },
  { sign: /EINTEGRITY/, text: 'a package is not what package-lock.json says: run npm cache clean --force, then this again' },
]

/** @param {string} root */
export function packagesInstalled(root) {
  const wanted = readPackages(path.join(root, 'package-lock.json'))
  const present = readPackages(path.join(root, 'node_modules', '.package-lock.json'))
  if (!wanted || !present) return false
  return Object.entries(wanted)
    .filter(([place]) => place !== '')
    .every(([place, { version, optional, devOptional }]) => {
      const found = present[place]
      return found ? found.version === version : Boolean(optional || devOptional)
    })
}

/** npm's hidden lockfile lists what is in node_modules. @param {string} file @returns {Record<string, LockedPackage> | null} */
function readPackages(file) {
  try {
    /** @type {{ packages?: Record<string, LockedPackage> }} */
    const lock = JSON.parse(readFileSync(file, 'utf8'))
    return lock.packages ?? null
  } catch {
    return null // not there, or cut off while npm wrote it
  }
}

/** Node 24 as an npm package: its script, which .npmrc keeps from running, puts the binary into place. @param {string} root */
export function ownNodeLinked(root) {
  return existsSync(path.join(root, 'node_modules', '.bin', 'node'))
}

/** @param {PackagesContext} context */
export async function installPackages({ root, env, log, announce }) {
  const npm = { root, env: withoutOwnNode({ root, env }), log }
  if (!packagesInstalled(root)) {
    await announce('Installing packages', () => runNpm({ ...npm, args: ['ci'] }))
  }
  if (!ownNodeLinked(root)) {
    await announce('Installing Node 24 beside them', () => runNpm({ ...npm, args: ['rebuild', '--no-ignore-scripts', 'node'] }))
    if (!ownNodeLinked(root)) throw new ToolError(`npm did not put Node 24 into node_modules/.bin; its output is in ${log}`)
  }
}

/** @param {{ root: string, env: NodeJS.ProcessEnv, log: string, args: string[] }} options */
export async function runNpm({ root, env, log, args }) {
  const { code, output } = await runCommand({ command: 'npm', args: [...args, '--loglevel=notice'], cwd: root, env, log })
  if (code === 0) return
  const reason = REASONS.find(({ sign }) => sign.test(output))?.text ?? 'look up the reason there and run this again'
  throw new ToolError(`npm ${args.join(' ')} did not work: ${reason} (npm's output is in ${log})`)
}

/** npm must not run on the Node that it is about to replace. @param {{ root: string, env: NodeJS.ProcessEnv }} options */
export function withoutOwnNode({ root, env }) {
  const folders = (env['PATH'] ?? '').split(path.delimiter).filter((folder) => !folder.startsWith(path.join(root, 'node_modules')))
  return { ...env, PATH: folders.join(path.delimiter) }
}
