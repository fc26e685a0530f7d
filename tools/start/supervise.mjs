const MIN_PAUSE_MS = 500
const SUCCESS = 'exit code 0'
const MAX_PAUSE_MS = 30_000
const PAUSE_RESET_MS = 60_000

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/**
 * Keeps a program running: whenever it ends, it is restarted after a pause that doubles, until `stop`. One that ends before
 * `mayRestart` would only fail once more.
 * @param {object} options
 * @param {string} options.name
 * @param {string} options.log has the reason
 * @param {() => ChildProcess} options.launch
 * @param {(text: string) => void} options.say
 * @param {() => boolean} options.mayRestart
 * @param {() => void} options.onRestart
 * @param {boolean} [options.mayExit] one that exits with code 0 was drained, and is not restarted
 */
export function supervise({ name, log, launch, say, mayRestart, onRestart, mayExit = false }) {
  let pauseMs = MIN_PAUSE_MS
  let stopping = false
  /** @type {NodeJS.Timeout | undefined} */
  let timer
  let running = start()

  function start() {
    const child = launch()
    const startedAt = performance.now()
    const exit = new Promise((resolve) => {
      /** @param {string} how */
      const end = (how) => {
        running.how = how
        if (mayExit && how === SUCCESS && !stopping) say(`${name} was drained and has exited; stop and start Trainyard to run it`)
        else if (!stopping && mayRestart()) restart({ how, after: performance.now() - startedAt })
        resolve(how)
      }
      child.once('error', (error) => end(error.message))
      child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`))
    })
    return { child, exit, how: '' }
  }

  /** @param {{ how: string, after: number }} end */
  function restart({ how, after }) {
    if (after > PAUSE_RESET_MS) pauseMs = MIN_PAUSE_MS
    timer = setTimeout(() => {
      say(`${name} stopped (${how}) and is restarted; its log is ${log}`)
      running = start()
      onRestart()
    }, pauseMs)
    pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)
  }

  return {
    name,
    log,
    /** The pid of the one that runs now. */
    pid: () => running.child.pid ?? null,
    /** Resolves when the first one ends, with how it did. */
    firstExit: running.exit,
    /** Ends it for good: SIGTERM, and SIGKILL when it is still there after `timeoutMs`. @param {{ timeoutMs: number }} patience */
    stop: async ({ timeoutMs }) => {
      stopping = true
      clearTimeout(timer)
      if (running.how) return
      const late = setTimeout(() => running.child.kill('SIGKILL'), timeoutMs)
      running.child.kill('SIGTERM')
      await running.exit
      clearTimeout(late)
    },
    kill: () => {
      stopping = true
      clearTimeout(timer)
      running.child.kill('SIGKILL')
    },
  }
}
