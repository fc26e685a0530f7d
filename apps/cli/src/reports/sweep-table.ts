import {
  formatLoss,
  formatShare,
  fromJsonNumber,
  isMaximised,
  type NormLabTable,
  type Objective,
  type Sweep,
  type SweepPlan,
  type Trial,
  type TrialFields,
} from '@trainyard/contracts'
import { progressBar } from '../terminal/progress-bar.ts'
import type { Session } from '../terminal/session.ts'
import { type Column, tableLines } from '../terminal/text-table.ts'

const BAR_WIDTH = 12

/** A sweep's sentence and its trials, the best first. */
export function sweepLines(sweep: Sweep, session: Pick<Session, 'style'>): string[] {
  const { id, strategy, trials, ended, state, items, objective, best, epochsSaved } = sweep
  const saved = epochsSaved > 0 ? `, ${epochsSaved} epochs saved by early stops` : ''
  const head = `sweep ${session.style('bold', id)} (${strategy}): ${state}, ${ended} of ${trials} trials have ended${best === null ? '' : `, best: trial ${best}`}${saved}`
  const { header, lines } = tableLines(
    trialColumns(sweep),
    items.toSorted((a, b) => byValue(a, b, objective)),
  )
  return [head, session.style('dim', header), ...lines]
}

export function showSweep(sweep: Sweep, session: Session): void {
  if (session.json) return session.printJson(sweep)
  session.print(...sweepLines(sweep, session))
}

export function showPlan(plan: SweepPlan, session: Session): void {
  if (session.json) return session.printJson(plan)
  session.print(`dry run: nothing was queued; ${plan.trials} trials (${plan.strategy}, for ${plan.objective})`)
  session.print(...plan.items.map(({ trial, fields }) => `  ${String(trial).padStart(4)}  ${formatFields(fields)}`))
}

function trialColumns({ items, objective }: Sweep): Column<Trial>[] {
  const numbers = items.flatMap(({ value }) => (typeof value === 'number' ? [value] : []))
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)]
  const share = (value: number): number => (high === low ? 1 : (isMaximised(objective) ? value - low : high - value) / (high - low))
  return [
    { title: 'trial', value: ({ trial }) => String(trial), align: 'right' },
    { title: objective, value: ({ value }) => (isMaximised(objective) ? formatShare(value) : formatLoss(value)), align: 'right' },
    { title: '', value: ({ value }) => (typeof value === 'number' ? progressBar(share(value), BAR_WIDTH) : ''), minWidth: BAR_WIDTH },
    { title: 'epochs', value: ({ epochs }) => String(epochs), align: 'right' },
    { title: 'state', value: formatState },
    { title: 'experiment', value: ({ experimentId }) => experimentId ?? '' },
    { title: 'fields', value: ({ fields }) => formatFields(fields) },
  ]
}

function formatState({ state, stopped }: Trial): string {
  if (stopped) return `stopped at epoch ${stopped.epoch}: place ${stopped.place} of ${stopped.of}`
  return state ?? 'not created yet'
}

const formatFields = (fields: TrialFields): string =>
  Object.entries(fields)
    .map(([field, value]) => `${field} ${Array.isArray(value) ? value.join('-') : String(value)}`)
    .join(', ')

function byValue(a: Trial, b: Trial, objective: Objective): number {
  const order = ({ value }: Trial): number => {
    const number = value === null ? NaN : fromJsonNumber(value)
    return Number.isNaN(number) ? Infinity : isMaximised(objective) ? -number : number
  }
  return order(a) === order(b) ? a.trial - b.trial : order(a) - order(b)
}

/** The paired table of a norm lab. */
export function normLabLines({ items, differences }: NormLabTable, session: Pick<Session, 'style'>): string[] {
  const signed = (value: number | string | null): string => (typeof value === 'number' ? `${value > 0 ? '+' : ''}${value.toFixed(3)}` : '')
  const columns: Column<NormLabTable['items'][number]>[] = [
    { title: 'depth', value: ({ depth }) => String(depth), align: 'right' },
    { title: 'norm', value: ({ norm, normPosition }) => (normPosition ? `${norm} ${normPosition}` : norm) },
    { title: 'output norm', value: ({ outputNorm }) => (typeof outputNorm === 'number' ? outputNorm.toPrecision(3) : ''), align: 'right' },
    { title: 'loss', value: ({ loss }) => formatLoss(loss), align: 'right' },
    { title: 'to no norm', value: ({ lossDifference }) => signed(lossDifference), align: 'right' },
    { title: 'eval acc.', value: ({ evalAccuracy }) => formatShare(evalAccuracy), align: 'right' },
    { title: 'to no norm', value: ({ evalAccuracyDifference }) => signed(evalAccuracyDifference), align: 'right' },
  ]
  const { header, lines } = tableLines(columns, items)
  const paired = differences.flatMap(({ norm, normPosition, loss }) =>
    loss
      ? [
          `${norm} ${normPosition ?? ''}: loss ${signed(loss.mean)}${loss.standardError === null ? '' : ` ± ${loss.standardError.toFixed(3)}`} to no norm, over ${loss.depths} depths`,
        ]
      : [],
  )
  return [session.style('dim', header), ...lines, ...(paired.length > 0 ? ['', ...paired] : [])]
}
