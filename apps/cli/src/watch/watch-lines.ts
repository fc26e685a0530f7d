import type { ExperimentConfig, ExperimentEvent } from '@trainyard/contracts'
import { createEpochPrinter } from '../reports/epoch-table.ts'
import type { Session } from '../terminal/session.ts'
import { printable } from '../terminal/text-table.ts'
import type { WatchView } from './watch-view.ts'

/** A line per epoch and per change of state: for pipes and log files. */
export function lineView(session: Session, { epochs }: ExperimentConfig): WatchView {
  const printEpoch = createEpochPrinter({ epochs, print: (line) => session.print(line) })
  return {
    show(event: ExperimentEvent): void {
      if (event.type === 'state') session.print(`${event.data.state} (${event.data.reason})`)
      if (event.type === 'state' && event.data.state === 'paused') session.print('it waits until it is resumed: trainyard resume <id>')
      if (event.type === 'epoch') printEpoch(event.data)
      if (event.type === 'snapshot') for (const epoch of event.data.epochs) printEpoch(epoch)
      if (event.type === 'log' && event.data.level !== 'info') session.warn(`${event.data.level}: ${printable(event.data.message)}`)
    },
    reconnecting: () => session.warn('the connection is lost; trying again'),
    close: () => {},
  }
}
