import { CLASSES, type Epoch, formatLoss, formatShare, fromJsonNumber } from '@trainyard/contracts'
import { liveOutput } from '../terminal/live-output.ts'
import type { LessonRun } from './lesson-runs.ts'
import { plotStyle } from '../terminal/plot-style.ts'
import type { Session } from '../terminal/session.ts'
import { plotLines } from '../terminal/terminal-plot.ts'

const MARKS = ['o', '+', 'x']
const ROWS = 15
const MAX_COLUMNS = 64
const AXIS_COLUMNS = 12

interface LessonView {
  show: (run: LessonRun, epoch: Epoch) => void
  /** Leaves the curves where they are. */
  close: () => void
}

/** The curves of all runs over each other: redrawn with every epoch on a terminal; elsewhere a line per epoch, and the curves at the end. */
export function lessonView(session: Session, runs: readonly LessonRun[]): LessonView {
  const lines = (): string[] => curveLines(runs, session)
  if (session.json) return { show: () => {}, close: () => {} }
  session.print(...introduction(runs), '')
  const drawing = liveOutput(session)
  if (drawing) {
    const draw = (): void => drawing(lines().join('\n'))
    draw()
    return { show: draw, close: () => drawing.done() }
  }
  return {
    show: ({ title, experiment }, { epoch, loss, evalAccuracy }) =>
      session.print(
        `${title.padEnd(10)}  epoch ${String(epoch).padStart(2)}/${experiment.config.epochs}  loss ${formatLoss(loss)}  accuracy ${formatShare(evalAccuracy)}`,
      ),
    close: () => session.print('', ...lines()),
  }
}

function introduction(runs: readonly LessonRun[]): string[] {
  const config = runs[0]?.experiment.config
  if (!config) return []
  return [
    `Three networks of ${config.depth} hidden layers of ${config.width} units learn ${CLASSES} kinds of flower (${config.dataset}, ${config.imageSize} px).`,
    `They begin with the same weights and see the same images in the same order: only their normalisation differs.`,
  ]
}

/** Loss by epoch. */
function curveLines(runs: readonly LessonRun[], session: Pick<Session, 'terminal' | 'style'>): string[] {
  const { columns, paint } = plotStyle(session)
  const series = runs.map(({ title, epochs }, i) => ({
    name: title,
    mark: MARKS[i] ?? 'o',
    points: epochs.flatMap(({ epoch, loss }) => ({ x: epoch, y: fromJsonNumber(loss) })),
  }))
  return plotLines({
    series,
    paint,
    xLabel: 'epoch',
    yLabel: 'loss',
    rows: ROWS,
    columns: Math.min(MAX_COLUMNS, columns - AXIS_COLUMNS),
    reference: { y: Math.log(CLASSES), name: `guessing, ln ${CLASSES}` },
  })
}
