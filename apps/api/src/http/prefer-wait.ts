const MAX_WAIT_SECONDS = 60
const WAIT = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(;|$)/i

/** From RFC 7240's `Prefer: wait=30`; null without one, or with one that cannot be read. */
export function preferredWaitSeconds(header: string | undefined): number | null {
  const preferences = (header ?? '').split(',')
  // By the RFC the first one counts.
  const seconds = preferences.map((preference) => WAIT.exec(preference)?.[1]).find((text) => text !== undefined)
  return seconds === undefined ? null : Math.min(Number(seconds), MAX_WAIT_SECONDS)
}
