import path from 'node:path'
import { errorMessage, ToolError } from '../../process/tool-error.mjs'

/** @typedef {import('./pinned-wheels.mjs').Wheel} Wheel */

/** Where Python's packages are published, for those who have set no index of their own. The only place that knows it. */
const PUBLIC_INDEX = `https://${['pypi', 'org'].join('.')}/simple`

/** The base of a "simple" package index (PEP 503), as pip and uv are configured. @param {NodeJS.ProcessEnv} env */
export function wheelIndex(env) {
  return env['TRAINYARD_WHEEL_INDEX'] || env['UV_DEFAULT_INDEX'] || env['UV_INDEX_URL'] || env['PIP_INDEX_URL'] || PUBLIC_INDEX
}

/**
 * Looks a wheel up in its project's page.
 * @param {{ index: string, wheel: Wheel }} options
 */
export async function findWheelUrl({ index, wheel }) {
  const page = `${index.replace(/\/$/, '')}/${wheel.project}/`
  const response = await request(page)
  const html = await response.text()
  for (const [, href = ''] of html.matchAll(/<a\s[^>]*?href="([^"]+)"/gi)) {
    const url = new URL(href.replaceAll('&amp;', '&'), response.url || page)
    if (path.posix.basename(decodeURIComponent(url.pathname)) === wheel.file) return url.href.replace(/#.*/, '')
  }
  throw new ToolError(`${wheel.file} is not in the package index at ${page}`)
}

/** @param {string} page */
async function request(page) {
  const response = await fetch(page, { headers: { accept: 'text/html' } }).catch((error) => {
    throw new ToolError(`the package index at ${page} cannot be reached (${errorMessage(error.cause ?? error)})`, { cause: error })
  })
  if (!response.ok) throw new ToolError(`the package index answered ${response.status} for ${page}`)
  return response
}
