const FIRST_PAUSE_MS = 500
const LEFT = 'exit code 0'
const LONGEST_PAUSE_MS = 30_000
const STEADY_AFTER_MS = 60_000

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/**
 * Keeps a program running: whenever it ends, it is started again after a pause that doubles, until `stop`. One that ends before
 * `mayRestart` would only fail again.
 * @param {object} options
 * @param {string} options.name
 * @param {string} options.log where it says why
 * @param {() => ChildProcess} options.launch
 * @param {(text: string) => void} options.say
 * @param {() => boolean} options.mayRestart
 * @param {() => void} options.onRestart
 * @param {boolean} [options.mayLeave] one that ends with code 0 was asked to by somebody else, and is not started again
 */
export function supervise({ name, log, launch, say, mayRestart, onRestart, mayLeave = false }) {
  let pauseMs = FIRST_PAUSE_MS
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
        if (mayLeave && how === LEFT && !stopping) say(`${name} has left as it was asked to; stop and start Trainyard to have it again`)
        else if (!stopping && mayRestart()) startAgain({ how, after: performance.now() - startedAt })
        resolve(how)
      }
      child.once('error', (error) => end(error.message))
      child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`))
    })
    return { child, exit, how: '' }
  }

  /** @param {{ how: string, after: number }} end */
  function startAgain({ how, after }) {
    if (after > STEADY_AFTER_MS) pauseMs = FIRST_PAUSE_MS
    timer = setTimeout(() => {
      say(`${name} stopped (${how}) and is started again; its log is ${log}`)
      running = start()
      onRestart()
    }, pauseMs)
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
  }

  return {
    name,
    log,
    /** The pid of the one that runs now. */
    pid: () => running.child.pid ?? null,
    /** Resolves when the first one ends, with how it did. */
    firstExit: running.exit,
    /** Ends it for good: SIGTERM, and SIGKILL when it is still there after `withinMs`. @param {{ withinMs: number }} patience */
    stop: async ({ withinMs }) => {
      stopping = true
      clearTimeout(timer)
      if (running.how) return
      const late = setTimeout(() => running.child.kill('SIGKILL'), withinMs)
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
