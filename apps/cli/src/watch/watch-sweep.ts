import { setTimeout as pause } from 'node:timers/promises'
import type { Sweep } from '@trainyard/contracts'
import { liveOutput } from '../terminal/live-output.ts'
import type { Session } from '../terminal/session.ts'
import { normLabLines, sweepLines } from '../reports/sweep-table.ts'
import { CANCELED_EXIT_CODE, INTERRUPTED_EXIT_CODE } from './exit-codes.ts'

const POLL_INTERVAL_MS = 1000

/** Follows a sweep until all its trials have ended; answers the exit code. */
export async function watchSweep(sweep: Sweep, session: Session): Promise<number> {
  const signal = session.terminal.listenForInterrupt()
  const drawing = liveOutput(session)
  let now = sweep
  let ended = -1
  while (now.ended < now.trials && now.state !== 'canceled' && !signal.aborted) {
    if (drawing) drawing(sweepLines(now, session).join('\n'))
    else if (!session.json && now.ended !== ended) session.print(sweepLines(now, session)[0] ?? '')
    ended = now.ended
    await pause(POLL_INTERVAL_MS, undefined, { signal }).catch(() => {})
    now = await session.client.sweeps.get(sweep.id)
  }
  drawing?.clear()
  if (session.json) session.printJson(now)
  else session.print(...sweepLines(now, session))
  if (signal.aborted) {
    session.warn(`no longer watching; the sweep continues: trainyard sweep watch ${sweep.id}`)
    return INTERRUPTED_EXIT_CODE
  }
  if (now.request.preset === 'norm-lab' && !session.json)
    session.print('', ...normLabLines(await session.client.sweeps.normLab(now.id), session))
  return now.state === 'canceled' ? CANCELED_EXIT_CODE : 0
}
