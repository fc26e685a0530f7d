import { setTimeout as pause } from 'node:timers/promises'
import { messageOf, ToolError } from '../process/tool-error.mjs'

const LOOK_EVERY_MS = 50
const READY_WITHIN_MS = 60_000
const WORKER_WITHIN_MS = 120_000

/** Resolves when the API says that it is ready. @param {string} url */
export async function waitUntilReady(url) {
  await poll({ withinMs: READY_WITHIN_MS, what: 'The service did not become ready' }, async () => {
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
  await poll({ withinMs: WORKER_WITHIN_MS, what: 'No worker became ready' }, async () => {
    /** @type {{ items: { engine: unknown }[] }} */
    const { items } = await (await fetch(`${url}/api/v1/workers`)).json()
    if (!items.some(({ engine }) => engine)) throw new ToolError('its trainer has not loaded TensorFlow yet')
  })
}

/** Whether nobody has submitted anything yet; where keys are needed, somebody has set it up. @param {string} url */
export async function isEmpty(url) {
  const answer = await fetch(`${url}/api/v1/experiments?pageSize=1`)
  if (answer.status === 401) return false
  /** @type {{ items: unknown[] }} */
  const { items } = await answer.json()
  return items.length === 0
}

/**
 * @param {{ withinMs: number, what: string }} options
 * @param {() => Promise<void>} check
 */
async function poll({ withinMs, what }, check) {
  for (const end = performance.now() + withinMs; ; await pause(LOOK_EVERY_MS)) {
    try {
      return await check()
    } catch (error) {
      if (performance.now() < end) continue
      const reason = error instanceof TypeError ? 'the API does not answer' : messageOf(error)
      throw new ToolError(`${what} within ${withinMs / 1000} s (${reason}): look into the logs in its data directory`, { cause: error })
    }
  }
}
