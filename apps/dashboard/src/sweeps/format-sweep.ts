import { isTerminal, type Sweep, type Trial } from '@trainyard/contracts'
import { fieldValue } from '../parts/field-value.ts'
import { formatValue, objectiveName } from '../parts/format-objective.ts'

type SweepFacts = Pick<Sweep, 'state' | 'strategy' | 'objective' | 'trials' | 'created' | 'ended' | 'items' | 'best' | 'epochsSaved'>

/** What a sweep is and how far it has come, in a sentence or two. */
export function formatSweep(sweep: SweepFacts): string {
  const { strategy, objective, trials, ended, items, best, epochsSaved } = sweep
  const fields = [...new Set(items.flatMap((trial) => Object.keys(trial.fields)))]
  const how = { grid: 'every combination', random: 'random draws', asha: 'random draws, the weaker ones stopped early,' }[strategy]
  const running = items.filter(({ state }) => state !== null && !isTerminal(state) && state !== 'queued').length
  const winner = items.find(({ trial }) => trial === best)
  return [
    `${trials} trials, ${how} of ${fields.join(' and ')}, for the best ${objectiveName(objective)}:`,
    `${formatEnded(sweep)}${running > 0 ? `, ${running} running` : ''}.`,
    ...(winner
      ? [
          `Trial ${winner.trial} is the best${ended === trials ? '' : ' so far'}, with ${formatValue(winner.value, objective)} (${formatTrial(winner)}).`,
        ]
      : []),
    ...(epochsSaved > 0 ? [`Early stops have saved ${epochsSaved} epochs.`] : []),
  ].join(' ')
}

function formatEnded({ state, trials, created, ended }: SweepFacts): string {
  if (ended === trials) return 'all have ended'
  if (state === 'canceled' && ended === created)
    return `all that were created have ended, ${trials - created} never ${trials - created === 1 ? 'was' : 'were'}`
  return `${ended} have ended`
}

const formatTrial = ({ fields }: Trial): string =>
  Object.entries(fields)
    .map(([field, value]) => `${field} ${fieldValue(field, value)}`)
    .join(', ')

/** Why a trial is not running any more, or not yet. */
export function formatStop({ stopped, state }: Pick<Trial, 'stopped' | 'state'>): string {
  if (state === null) return 'not created yet'
  return stopped ? `place ${stopped.place} of ${stopped.of} at epoch ${stopped.epoch}; the best ${stopped.best} continued` : ''
}
