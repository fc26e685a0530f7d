import { isDeepStrictEqual } from 'node:util'
import type { Epoch } from '@trainyard/contracts'
import type { Evidence } from './evidence.ts'
import type { Ended } from './final-state.ts'

/** What must be the same in every run of a config. */
const numbersOf = ({ seconds: _seconds, at: _at, attempt: _attempt, ...numbers }: Epoch) => numbers

/** Epochs are gapless and unique, written while their attempt lasted, and have the numbers of an undisturbed run, bit for bit. */
export function checkEpochs({ ended, references, clockWasSet }: Pick<Evidence, 'ended' | 'references' | 'clockWasSet'>) {
  const judged = ended.map((each) => {
    const reference = references.find(({ experiment }) => isDeepStrictEqual(experiment.config, each.experiment.config))
    return judge(each, { reference, clockWasSet })
  })
  const sum = (count: 'epochs' | 'missing' | 'doubled' | 'differing' | 'stale'): number =>
    judged.reduce((total, each) => total + each[count], 0)
  return {
    counts: {
      epochs: sum('epochs'),
      epochsMissing: sum('missing'),
      epochsDoubled: sum('doubled'),
      epochsDiffering: sum('differing'),
      /** Written by an attempt that was over. */
      epochsStale: sum('stale'),
    },
    violations: judged.flatMap(({ violations }) => violations),
  }
}

function judge({ experiment, epochs, losses, model }: Ended, judging: { reference: Ended | undefined; clockWasSet: boolean }) {
  const { id, state, config } = experiment
  const { reference, clockWasSet } = judging
  const numbers = new Set(epochs.map(({ epoch }) => epoch))
  const wanted = state === 'completed' ? config.epochs : Math.max(0, ...numbers)
  const missing = Array.from({ length: wanted }, (_, i) => i + 1).filter((epoch) => !numbers.has(epoch)).length
  const doubled = epochs.length - numbers.size
  const undisturbed = new Map(reference?.epochs.map((epoch) => [epoch.epoch, numbersOf(epoch)]))
  const differing = reference ? epochs.filter((epoch) => !isDeepStrictEqual(numbersOf(epoch), undisturbed.get(epoch.epoch))).length : 0
  const stale = clockWasSet ? 0 : epochs.filter((epoch) => isStale(epoch, experiment)).length
  const isWhole = state === 'completed' && reference !== undefined
  return {
    ...{ epochs: epochs.length, missing, doubled, differing, stale },
    violations: [
      ...(missing + doubled + differing + stale > 0
        ? [`${id}: ${missing} epochs missing, ${doubled} twice, ${differing} other than undisturbed, ${stale} of an attempt that was over`]
        : []),
      ...(isWhole && !isDeepStrictEqual(losses, reference.losses) ? [`${id}: other losses of steps than undisturbed`] : []),
      ...(isWhole && model !== reference.model ? [`${id}: another model than undisturbed`] : []),
    ],
  }
}

function isStale({ at, attempt: number }: Epoch, { attempts }: Ended['experiment']): boolean {
  const attempt = attempts.find((each) => each.number === number)
  return !attempt || at < attempt.startedAt || (attempt.endedAt !== null && at > attempt.endedAt)
}
