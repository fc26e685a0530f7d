import { type Epoch, epochNumbers, formatLoss, formatShare } from '@trainyard/contracts'
import { progressBar } from '../terminal/progress-bar.ts'
import { type Column, tableLines } from '../terminal/text-table.ts'

const BAR_WIDTH = 8

const NUMBER: Column<Epoch> = { title: 'epoch', value: ({ epoch }) => String(epoch), align: 'right' }

/** Widths are fixed, so that a table which grows epoch by epoch stays in line; all fit into 80 columns. */
const RESULTS: readonly Column<Epoch>[] = [
  { title: 'loss', value: ({ loss }) => formatLoss(loss), align: 'right', minWidth: 9 },
  { title: 'accuracy', value: ({ accuracy }) => formatShare(accuracy), align: 'right', minWidth: 8 },
  { title: 'eval loss', value: ({ evalLoss }) => formatLoss(evalLoss), align: 'right', minWidth: 9 },
  { title: 'eval acc.', value: ({ evalAccuracy }) => formatShare(evalAccuracy), align: 'right', minWidth: 9 },
  { title: 'top-5', value: ({ evalTop5Accuracy }) => formatShare(evalTop5Accuracy), align: 'right', minWidth: 7 },
  { title: 's/epoch', value: ({ seconds }) => seconds.toFixed(2), align: 'right', minWidth: 7 },
]

export const EPOCH_COLUMNS: readonly Column<Epoch>[] = [NUMBER, ...RESULTS]

/** How far it is stands in each line: `3/30` and a bar. */
function growingColumns(epochs: number): readonly Column<Epoch>[] {
  const numberOf: Column<Epoch> = {
    ...NUMBER,
    value: ({ epoch }) => `${epoch}/${epochs}`,
    minWidth: 2 * String(epochs).length + 1,
  }
  return [numberOf, { title: 'progress', value: ({ epoch }) => progressBar(epoch / epochs, BAR_WIDTH) }, ...RESULTS]
}

/** Prints a header before the first epoch, each epoch once, and again where it was recomputed with other numbers. */
export function createEpochPrinter({ epochs, print }: { epochs: number; print: (line: string) => void }): (epoch: Epoch) => void {
  const columns = growingColumns(epochs)
  const printed = new Map<number, string>()
  return (epoch) => {
    const { header, lines } = tableLines(columns, [epoch])
    const numbers = epochNumbers(epoch)
    if (printed.get(epoch.epoch) === numbers) return
    if (printed.size === 0) print(header)
    print(printed.has(epoch.epoch) ? `${lines.join('')}  (computed again after a restart)` : lines.join(''))
    printed.set(epoch.epoch, numbers)
  }
}

/** One epoch in a sentence. */
export function epochSummary({ loss, evalSplit, evalLoss, evalAccuracy }: Epoch): string {
  const evaluated = evalSplit ? `, ${evalSplit} loss ${formatLoss(evalLoss)}, ${evalSplit} accuracy ${formatShare(evalAccuracy)}` : ''
  return `loss ${formatLoss(loss)}${evaluated}`
}
