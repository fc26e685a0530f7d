import { setTimeout as pause } from 'node:timers/promises'
import { errorMessage, ToolError } from '../process/tool-error.mjs'

const POLL_INTERVAL_MS = 50
const READY_TIMEOUT_MS = 60_000
const WORKER_TIMEOUT_MS = 120_000

/** Resolves when the API is ready. @param {string} url */
export async function waitUntilReady(url) {
  await poll({ timeoutMs: READY_TIMEOUT_MS, what: 'The service did not become ready' }, async () => {
    const answer = await fetch(`${url}/readyz`)
    if (answer.ok) return
    /** @type {{ checks?: { name: string, ok: boolean, detail: string }[] }} */
    const { checks = [] } = await answer.json()
    const failing = checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`)
    throw new ToolError(failing.join('; ') || `/readyz answered ${answer.status}`)
  })
}

/** Resolves when a worker's trainer has loaded its engine. @param {string} url */
export async function waitForWorker(url) {
  await poll({ timeoutMs: WORKER_TIMEOUT_MS, what: 'No worker became ready' }, async () => {
    /** @type {{ items: { engine: unknown }[] }} */
    const { items } = await (await fetch(`${url}/api/v1/workers`)).json()
    if (!items.some(({ engine }) => engine)) throw new ToolError('its trainer has not loaded TensorFlow yet')
  })
}

/** Whether there are no experiments yet; a service that needs keys has been in use. @param {string} url */
export async function isEmpty(url) {
  const answer = await fetch(`${url}/api/v1/experiments?pageSize=1`)
  if (answer.status === 401) return false
  /** @type {{ items: unknown[] }} */
  const { items } = await answer.json()
  return items.length === 0
}

/**
 * @param {{ timeoutMs: number, what: string }} options
 * @param {() => Promise<void>} check
 */
async function poll({ timeoutMs, what }, check) {
  for (const end = performance.now() + timeoutMs; ; await pause(POLL_INTERVAL_MS)) {
    try {
      return await check()
    } catch (error) {
      if (performance.now() < end) continue
      const reason = error instanceof TypeError ? 'the API does not answer' : errorMessage(error)
      throw new ToolError(`${what} within ${timeoutMs / 1000} s (${reason}): look into the logs in its data directory`, { cause: error })
    }
  }
}
