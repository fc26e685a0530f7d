import type { WatchedEvent } from '@trainyard/client'
import type { Experiment } from '@trainyard/contracts'
import { epochSummary } from '../reports/epoch-table.ts'
import type { Session } from '../terminal/session.ts'
import { styledState } from '../terminal/state-colour.ts'
import { printable } from '../terminal/text-table.ts'
import { exitCodeOf, INTERRUPTED_EXIT_CODE } from './exit-codes.ts'
import { liveView } from './watch-live.ts'
import { lineView } from './watch-lines.ts'

/** Follows an experiment until it ends; answers the exit code. */
export async function watchExperiment({ id, config }: Experiment, session: Session): Promise<number> {
  const signal = session.terminal.listenForInterrupt()
  const onReconnect = (): void => session.warn('the connection is lost; trying again')
  if (session.json) {
    for await (const watched of session.client.experiments.events(id, { signal, onReconnect })) session.printJson(toLine(watched))
  } else {
    const { isTTY, columns } = session.terminal.stdout
    // A terminal without a size cannot be drawn on.
    const view = isTTY && columns > 0 ? liveView(session, config) : lineView(session, config)
    try {
      for await (const { event } of session.client.experiments.events(id, { signal, onReconnect: () => view.reconnecting() }))
        view.show(event)
    } finally {
      view.close()
    }
  }
  if (signal.aborted) {
    session.warn(`no longer watching; the experiment continues: trainyard watch ${id}`)
    return INTERRUPTED_EXIT_CODE
  }
  const ended = await session.client.experiments.get(id)
  if (!session.json) session.print(...closingLines(ended, session))
  return exitCodeOf(ended)
}

const toLine = ({ id, event }: WatchedEvent) => ({ id, ...event })

function closingLines(experiment: Experiment, session: Session): string[] {
  const { id, state, best, error } = experiment
  const lines = [`experiment ${id}: ${styledState(state, session)}`]
  if (error) lines.push(`${error.code}: ${printable(error.message)}`, printable(error.advice))
  if (best) lines.push(`best epoch ${best.epoch}: ${epochSummary(best)}`)
  return lines
}
