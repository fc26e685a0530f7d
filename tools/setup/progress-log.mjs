const REFRESH_TERMINAL_MS = 500
const REFRESH_LOG_MS = 5000
const MIN_LOGGED_SECONDS = 2

/** @typedef {(detail: string) => void} Report the progress of a step, such as "37 % of 273.6 MB" */
/** @typedef {<T>(title: string, work: (report: Report) => Promise<T>) => Promise<T>} Announce */

/**
 * Prints in one line what a step does, and its progress: in place on a terminal, in a line now and then elsewhere.
 * @param {{ stream: { isTTY?: boolean, write(text: string): unknown } }} options
 * @returns {Announce}
 */
export function createProgressLog({ stream }) {
  return async (title, work) => {
    const start = performance.now()
    let detail = ''
    const show = () => {
      const seconds = Math.round((performance.now() - start) / 1000)
      const progress = [detail, `${seconds} s`].filter(Boolean).join(', ')
      stream.write(stream.isTTY ? `\r\u001B[K${title} … ${progress}` : `  ${progress}\n`)
    }
    stream.write(stream.isTTY ? `${title} …` : `${title} …\n`)
    const timer = setInterval(show, stream.isTTY ? REFRESH_TERMINAL_MS : REFRESH_LOG_MS)
    try {
      const result = await work((text) => (detail = text))
      const seconds = (performance.now() - start) / 1000
      if (stream.isTTY) stream.write(`\r\u001B[K${title}: done in ${seconds.toFixed(1)} s\n`)
      else if (seconds > MIN_LOGGED_SECONDS) stream.write(`  done in ${seconds.toFixed(1)} s\n`)
      return result
    } catch (error) {
      if (stream.isTTY) stream.write('\n')
      throw error
    } finally {
      clearInterval(timer)
    }
  }
}

/** @param {{ done: number, total: number }} bytes */
export function percentOf({ done, total }) {
  return `${Math.floor((done / total) * 100)} % of ${(total / 1e6).toFixed(1)} MB`
}
