import path from 'node:path'
import { download, DownloadError } from '../../../libs/files/src/download.mjs'
import { codeOf, ToolError } from '../../process/tool-error.mjs'

const ATTEMPTS = 4

/**
 * Downloads a file, trying again after broken connections; what fails in the end is a ToolError.
 * @param {{ url: string, to: string, sha256: string, onBytes: (done: number) => void }} options
 */
export async function downloadWheel({ url, to, sha256, onBytes }) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await download({ url, to, hash: { algorithm: 'sha256', hex: sha256 }, onBytes })
    } catch (cause) {
      if (codeOf(cause) === 'ENOSPC') throw new ToolError(`${path.dirname(to)} is full: free some space and run this again`, { cause })
      if (!(cause instanceof DownloadError)) throw cause
      if (cause.isFinal) throw new ToolError(`${url}: ${cause.message}`, { cause })
      if (attempt === ATTEMPTS)
        throw new ToolError(`the download of ${url} broke off (${cause.message}); what came is kept, so run this again`, { cause })
    }
  }
}
