import process from 'node:process'
import { ToolError } from '../process/tool-error.mjs'

const MIN_NODE = 20
/** What Node 24's own binary needs; TensorFlow's wheel needs 2.27. */
const MIN_GLIBC = { major: 2, minor: 28 }
const ELSEWHERE = 'or use a service that runs elsewhere: TRAINYARD_URL=http://its-address npx trainyard list'

/** @typedef {{ platform: string, arch: string, glibc: string | null, node: string }} Host */

/** @returns {Host} */
export function thisHost() {
  const { platform, arch, versions } = process
  return { platform, arch, glibc: platform === 'linux' ? glibcVersion() : null, node: versions.node }
}

/** @param {Host} host */
export function requireSupportedPlatform({ platform, arch, glibc, node }) {
  if (platform === 'win32')
    throw new ToolError(`Trainyard does not run on Windows itself: run it in WSL2 or a Linux container, ${ELSEWHERE}`)
  if (platform === 'darwin') throw new ToolError(`Trainyard does not run on macOS itself: run it in a Linux container, ${ELSEWHERE}`)
  if (platform !== 'linux' || !['x64', 'arm64'].includes(arch)) {
    throw new ToolError(
      `There is no TensorFlow for ${platform} on ${arch}: run Trainyard on Linux with an x64 or arm64 processor, ${ELSEWHERE}`,
    )
  }
  if (Number.parseInt(node, 10) < MIN_NODE) {
    throw new ToolError(`Node ${node} is too old: install Node ${MIN_NODE} or newer and run this again`)
  }
  if (glibc === null || isOlder(glibc)) {
    const found = glibc === null ? 'another C library (Alpine has musl)' : `glibc ${glibc}`
    const wanted = `${MIN_GLIBC.major}.${MIN_GLIBC.minor}`
    throw new ToolError(
      `Trainyard needs glibc ${wanted} or newer, and this system has ${found}: use Debian 10, Ubuntu 20.04, RHEL 8 or newer, ${ELSEWHERE}`,
    )
  }
}

/** @param {string} glibc */
function isOlder(glibc) {
  const [major = 0, minor = 0] = glibc.split('.').map(Number)
  return major < MIN_GLIBC.major || (major === MIN_GLIBC.major && minor < MIN_GLIBC.minor)
}

/** @returns {string | null} */
function glibcVersion() {
  const { report } = process
  Object.assign(report, { excludeNetwork: true }) // it would look up the names of all addresses, which can take seconds
  /** @type {{ header?: { glibcVersionRuntime?: string } }} */
  const found = report.getReport()
  return found.header?.glibcVersionRuntime ?? null
}
