import { createLogUpdate } from 'log-update'
import type { Session } from './session.ts'

/** Draws each time over what it drew before; null where there is no terminal to draw on, or one without a size. */
export function liveOutput({ terminal: { stdout }, json }: Pick<Session, 'terminal' | 'json'>): ReturnType<typeof createLogUpdate> | null {
  return stdout.isTTY && stdout.columns > 0 && !json ? createLogUpdate(stdout) : null
}
