import { type Experiment, type ExperimentEvent, formatLoss, formatShare, isTerminal } from '@trainyard/contracts'
import { liveOutput } from '../terminal/live-output.ts'
import { epochSummary } from '../reports/epoch-table.ts'
import { progressBar } from '../terminal/progress-bar.ts'
import type { Session } from '../terminal/session.ts'
import { styledState } from '../terminal/state-colour.ts'
import { printable } from '../terminal/text-table.ts'
import { exitCodeOf, INTERRUPTED_EXIT_CODE } from './exit-codes.ts'

const BAR_WIDTH = 20
const SHORT_ID = 8

/** Follows several experiments until all have ended: a line for each, redrawn on a terminal, one below the other elsewhere. Returns the exit code. */
export async function watchSeveral(experiments: readonly Experiment[], session: Session): Promise<number> {
  const signal = session.terminal.listenForInterrupt()
  const drawing = liveOutput(session)
  const now = [...experiments]
  const draw = (): void => drawing?.(now.map((each) => statusLine(each, session)).join('\n'))
  draw()
  await Promise.all(
    experiments.map(async ({ id, state }, i) => {
      if (isTerminal(state)) return
      for await (const { id: eventId, event } of session.client.experiments.events(id, { signal })) {
        if (session.json) session.printJson({ experiment: id, id: eventId, ...event })
        const before = now[i]
        if (!before) continue
        now[i] = changed(before, event)
        if (drawing) draw()
        else if (!session.json && event.type === 'epoch')
          session.print(`${id.slice(0, SHORT_ID)} epoch ${event.data.epoch}/${before.config.epochs}: ${epochSummary(event.data)}`)
        else if (!session.json && event.type === 'state')
          session.print(`${id.slice(0, SHORT_ID)} ${event.data.state} (${event.data.reason})`)
      }
    }),
  )
  drawing?.done()
  if (signal.aborted) {
    session.warn('no longer watching; the experiments continue')
    return INTERRUPTED_EXIT_CODE
  }
  const ended = await Promise.all(experiments.map(({ id }) => session.client.experiments.get(id)))
  if (!session.json && !drawing) session.print(...ended.map((each) => statusLine(each, session)))
  return Math.max(...ended.map(exitCodeOf))
}

function changed(experiment: Experiment, event: ExperimentEvent): Experiment {
  if (event.type === 'state') return { ...experiment, state: event.data.state }
  if (event.type === 'progress') return { ...experiment, progress: event.data }
  if (event.type === 'epoch') return { ...experiment, latest: event.data }
  return event.type === 'snapshot' ? event.data.experiment : experiment
}

function statusLine({ id, name, state, config, latest, progress }: Experiment, session: Pick<Session, 'style'>): string {
  const share = isTerminal(state) ? (latest?.epoch ?? 0) / config.epochs : progress.fraction
  const results = latest ? `loss ${formatLoss(latest.loss)}  eval acc. ${formatShare(latest.evalAccuracy)}` : ''
  return `${id.slice(0, SHORT_ID)}  ${progressBar(share, BAR_WIDTH)}  epoch ${latest?.epoch ?? 0}/${config.epochs}  ${styledState(state, session)}  ${results}  ${printable(name ?? '')}`.trimEnd()
}
