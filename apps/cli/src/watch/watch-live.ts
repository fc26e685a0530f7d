import {
  type Epoch,
  type ExperimentConfig,
  type ExperimentEvent,
  type ExperimentState,
  formatSeconds,
  fromJsonNumber,
  type Progress,
} from '@trainyard/contracts'
import { createLogUpdate } from 'log-update'
import { createEpochPrinter } from '../reports/epoch-table.ts'
import type { Session } from '../terminal/session.ts'
import { progressBar } from '../terminal/progress-bar.ts'
import { sparkline } from '../terminal/sparkline.ts'
import { styledState } from '../terminal/state-colour.ts'
import { printable } from '../terminal/text-table.ts'
import type { WatchView } from './watch-view.ts'

const BAR_WIDTH = 16
const SPARKLINE_WIDTH = 60

/** What the lines at the bottom show. */
export interface LiveStatus {
  state: ExperimentState
  progress: Progress | null
  /** One per epoch, in order. */
  losses: readonly number[]
  connected: boolean
}

/** The table of epochs grows upwards; below it, the curve and the progress are redrawn with each event. */
export function liveView(session: Session, { epochs }: ExperimentConfig): WatchView {
  const bottom = createLogUpdate(session.terminal.stdout)
  const printEpoch = createEpochPrinter({ epochs, print: (line) => bottom.persist(line) })
  const losses = new Map<number, number>()
  let status: LiveStatus = { state: 'queued', progress: null, losses: [], connected: true }
  const draw = (change: Partial<LiveStatus>): void => {
    status = { ...status, ...change }
    bottom(statusLines(status, session).join('\n'))
  }
  const add = (results: readonly Epoch[]): void => {
    for (const epoch of results) {
      printEpoch(epoch)
      losses.set(epoch.epoch, fromJsonNumber(epoch.loss))
    }
  }
  return {
    show(event: ExperimentEvent): void {
      if (event.type === 'epoch') add([event.data])
      if (event.type === 'snapshot') add(event.data.epochs)
      if (event.type === 'log' && event.data.level !== 'info') bottom.persist(`${event.data.level}: ${printable(event.data.message)}`)
      draw({ ...changeOf(event), losses: [...losses.values()], connected: true })
    },
    reconnecting: () => draw({ connected: false }),
    close(): void {
      // The curve stays; what the experiment does now is no longer known.
      bottom(curveLines(status.losses, session).join('\n'))
      bottom.done()
    },
  }
}

function changeOf(event: ExperimentEvent): Partial<LiveStatus> {
  if (event.type === 'state' || event.type === 'end') return { state: event.data.state }
  if (event.type === 'progress') return { progress: event.data }
  if (event.type === 'snapshot') return { state: event.data.experiment.state, progress: event.data.experiment.progress }
  return {}
}

export function statusLines({ state, progress, losses, connected }: LiveStatus, session: Pick<Session, 'style'>): string[] {
  const words = [connected ? styledState(state, session) : session.style('yellow', 'the connection is lost; trying again')]
  if (progress) words.push(...formatProgress(progress))
  return [...curveLines(losses, session), words.join('  ')]
}

function curveLines(losses: readonly number[], { style }: Pick<Session, 'style'>): string[] {
  return losses.length > 1 ? [`loss ${style('cyan', sparkline(losses, SPARKLINE_WIDTH))}`] : []
}

function formatProgress({ phase, epoch, epochs, step, stepsPerEpoch, fraction, etaSeconds }: Progress): string[] {
  const bar = `${progressBar(fraction, BAR_WIDTH)} ${(fraction * 100).toFixed(0).padStart(3)} %`
  const left = etaSeconds === null ? [] : [`${formatSeconds(etaSeconds)} left`]
  return [`epoch ${epoch}/${epochs}`, bar, `${phase} ${step}/${stepsPerEpoch}`, ...left]
}
