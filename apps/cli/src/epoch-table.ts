import type { Epoch } from '@trainyard/contracts'
import { formatLoss, formatSeconds, formatShare, NOTHING } from './measures.ts'
import { type Column, tableLines } from './text-table.ts'

/** Widths are fixed, so that a table which grows epoch by epoch stays in line. */
export const EPOCH_COLUMNS: readonly Column<Epoch>[] = [
  { title: 'epoch', value: ({ epoch }) => String(epoch), align: 'right', minWidth: 5 },
  { title: 'loss', value: ({ loss }) => formatLoss(loss), align: 'right', minWidth: 9 },
  { title: 'accuracy', value: ({ accuracy }) => formatShare(accuracy), align: 'right', minWidth: 8 },
  { title: 'split', value: ({ evalSplit }) => evalSplit ?? NOTHING, minWidth: 5 },
  { title: 'eval loss', value: ({ evalLoss }) => formatLoss(evalLoss), align: 'right', minWidth: 9 },
  { title: 'eval acc.', value: ({ evalAccuracy }) => formatShare(evalAccuracy), align: 'right', minWidth: 9 },
  { title: 'eval top-5', value: ({ evalTop5Accuracy }) => formatShare(evalTop5Accuracy), align: 'right', minWidth: 10 },
  { title: 'time', value: ({ seconds }) => formatSeconds(seconds), align: 'right', minWidth: 8 },
]

/** Prints a header before the first epoch, each epoch once, and again where it was computed anew with other numbers. */
export function createEpochPrinter(print: (line: string) => void): (epoch: Epoch) => void {
  const printed = new Map<number, string>()
  return (epoch) => {
    const { header, lines } = tableLines(EPOCH_COLUMNS, [epoch])
    const line = lines.join('')
    if (printed.get(epoch.epoch) === line) return
    if (printed.size === 0) print(header)
    print(printed.has(epoch.epoch) ? `${line}  (computed again after a restart)` : line)
    printed.set(epoch.epoch, line)
  }
}

/** One epoch in a sentence. */
export function epochSummary({ loss, evalSplit, evalLoss, evalAccuracy }: Epoch): string {
  const evaluated = evalSplit ? `, ${evalSplit} loss ${formatLoss(evalLoss)}, ${evalSplit} accuracy ${formatShare(evalAccuracy)}` : ''
  return `loss ${formatLoss(loss)}${evaluated}`
}
