import process from 'node:process'

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])
/** Ctrl-C under npm arrives twice: from the terminal, and passed on by npm. */
const SAME_PRESS_MS = 1000

/**
 * Takes over what signals do: the first one aborts the signal, one that comes later calls `onSecond`.
 * @param {{ onSecond: () => void }} options
 * @returns {AbortSignal}
 */
export function listenForStop({ onSecond }) {
  const controller = new AbortController()
  let firstAt = 0
  const onSignal = () => {
    const now = performance.now()
    if (!controller.signal.aborted) {
      firstAt = now
      controller.abort()
    } else if (now - firstAt > SAME_PRESS_MS) onSecond()
  }
  for (const signal of SIGNALS) process.removeAllListeners(signal).on(signal, onSignal)
  return controller.signal
}

/** @param {AbortSignal} signal @returns {Promise<void>} */
export function aborted(signal) {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
