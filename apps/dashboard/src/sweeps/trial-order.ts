import { fromJsonNumber, isMaximised, isTerminal, type Objective, type Sweep, type Trial } from '@trainyard/contracts'

/** NaN: there is none. */
export const valueOf = ({ value }: Pick<Trial, 'value'>): number => (value === null ? Number.NaN : fromJsonNumber(value))

/** The first one is the best; what has no value comes last, by its number. */
export function byValue(objective: Objective): (a: Trial, b: Trial) => number {
  const cost = (trial: Trial): number => {
    const value = valueOf(trial)
    return Number.isNaN(value) ? Infinity : isMaximised(objective) ? -value : value
  }
  return (a, b) => (cost(a) === cost(b) ? a.trial - b.trial : cost(a) - cost(b))
}

/** Those that have ended, in the order in which they did; behind them what runs, by its number. */
export function inEndOrder(items: readonly Trial[]): Trial[] {
  const ended = items.filter(({ state }) => state !== null && isTerminal(state))
  const running = items.filter(({ state, epochs }) => state !== null && !isTerminal(state) && epochs > 0)
  const time = ({ finishedAt }: Trial): string => finishedAt ?? ''
  return [...ended.toSorted((a, b) => (time(a) === time(b) ? a.trial - b.trial : time(a) < time(b) ? -1 : 1)), ...running]
}

/** The ids of the best `count` trials that have a value. */
export const bestIds = ({ items, objective }: Pick<Sweep, 'items' | 'objective'>, count: number): string[] =>
  items
    .toSorted(byValue(objective))
    .flatMap((trial) => (Number.isNaN(valueOf(trial)) || trial.experimentId === null ? [] : [trial.experimentId]))
    .slice(0, count)
