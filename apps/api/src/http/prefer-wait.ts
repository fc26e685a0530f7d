const LONGEST_WAIT_SECONDS = 60
const WAIT = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(;|$)/i

/** How long the client would wait, by RFC 7240's `Prefer: wait=30`; null where it says nothing of that, or nothing that can be read. */
export function preferredWaitSeconds(header: string | undefined): number | null {
  const preferences = (header ?? '').split(',')
  // The first one counts, as the RFC says.
  const seconds = preferences.map((preference) => WAIT.exec(preference)?.[1]).find((text) => text !== undefined)
  return seconds === undefined ? null : Math.min(Number(seconds), LONGEST_WAIT_SECONDS)
}
