import type { WatchedEvent } from '@trainyard/client'
import { ERRORS, type Experiment, type ExperimentEvent } from '@trainyard/contracts'
import { epochSummary } from './epoch-table.ts'
import type { Session } from './session.ts'
import { styledState } from './state-style.ts'
import { printable } from './text-table.ts'
import { liveView } from './watch-live.ts'
import { lineView } from './watch-lines.ts'

const CANCELED_EXIT_CODE = 1
const INTERRUPTED_EXIT_CODE = 130

/** Shows events as they come. */
export interface WatchView {
  show(event: ExperimentEvent): void
  /** The connection is lost and is being tried again. */
  reconnecting(): void
  /** Nothing more will come. */
  close(): void
}

/** Follows an experiment until it ends; answers the exit code: 0 completed, the error's own when failed. */
export async function watchExperiment({ id }: Experiment, session: Session): Promise<number> {
  const signal = session.terminal.listenForInterrupt()
  const onReconnect = (): void => session.warn('the connection is lost; trying again')
  if (session.json) {
    for await (const watched of session.client.watch(id, { signal, onReconnect })) session.printJson(toLine(watched))
  } else {
    const view = session.terminal.stdout.isTTY ? liveView(session) : lineView(session)
    try {
      for await (const { event } of session.client.watch(id, { signal, onReconnect: () => view.reconnecting() })) view.show(event)
    } finally {
      view.close()
    }
  }
  if (signal.aborted) {
    session.warn(`no longer watching; the experiment goes on: trainyard watch ${id}`)
    return INTERRUPTED_EXIT_CODE
  }
  const ended = await session.client.get(id)
  if (!session.json) session.print(...lastWords(ended, session))
  return exitCodeOf(ended)
}

const toLine = ({ id, event }: WatchedEvent) => ({ id, ...event })

function lastWords(experiment: Experiment, session: Session): string[] {
  const { id, state, best, error } = experiment
  const lines = [`experiment ${id}: ${styledState(state, session)}`]
  if (error) lines.push(`${error.code}: ${printable(error.message)}`, printable(error.advice))
  if (best) lines.push(`best epoch ${best.epoch}: ${epochSummary(best)}`)
  return lines
}

function exitCodeOf({ state, error }: Experiment): number {
  if (state === 'completed') return 0
  if (state === 'canceled') return CANCELED_EXIT_CODE
  const known = Object.entries(ERRORS).find(([code]) => code === error?.code)
  return known?.[1].exitCode ?? ERRORS.INTERNAL.exitCode
}
