import { isMaximised, isTerminal, type Sweep, type Trial } from '@trainyard/contracts'
import type { Curve } from '../charts/chart-options.ts'
import { lineStyle } from '../charts/palette.ts'
import { inEndOrder, valueOf } from './trial-order.ts'

const LINE_STYLES = { ended: lineStyle(2), 'stopped early': lineStyle(1), running: lineStyle(4) }

/** Every trial as a point, and the best value after each that has ended. */
export function trialCurves({ items, objective, state, strategy }: Pick<Sweep, 'items' | 'objective' | 'state' | 'strategy'>): Curve[] {
  const trials = inEndOrder(items)
  const x = trials.map((_, i) => i + 1)
  const better = isMaximised(objective) ? Math.max : Math.min
  let best: number | null = null
  const soFar = trials.map((trial) => {
    const value = valueOf(trial)
    if (trial.state === null || !isTerminal(trial.state)) return null
    if (!Number.isNaN(value)) best = best === null ? value : better(best, value)
    return best
  })
  const points = (fits: (trial: Trial) => boolean): (number | null)[] =>
    trials.map((trial) => (fits(trial) && !Number.isNaN(valueOf(trial)) ? valueOf(trial) : null))
  const isRunning = (trial: Trial): boolean => trial.state !== null && !isTerminal(trial.state)
  const marked = (label: keyof typeof LINE_STYLES, y: (number | null)[]): Curve => ({ label, x, y, style: LINE_STYLES[label], marks: true })
  return [
    { label: 'best so far', x, y: soFar, style: lineStyle(0) },
    marked(
      'ended',
      points((trial) => !isRunning(trial) && trial.stopped === null),
    ),
    ...(strategy === 'asha'
      ? [
          marked(
            'stopped early',
            points((trial) => !isRunning(trial) && trial.stopped !== null),
          ),
        ]
      : []),
    ...(state === 'running' ? [marked('running', points(isRunning))] : []),
  ]
}
