import type { Evidence } from './evidence.ts'
import type { Ended } from './final-state.ts'
import type { Call } from './history.ts'

type Made = Ended['experiment']

/** Holds what is there against what was submitted, as Jepsen's checkers do with a set. */
export function checkSubmits({ history: { calls }, ended }: Pick<Evidence, 'history' | 'ended'>) {
  const experiments = ended.map(({ experiment }) => experiment)
  const submits = Map.groupBy(
    calls.filter(({ operation }) => operation === 'submit'),
    ({ subject }) => subject,
  )
  const judged = [...submits].map(([key, tries]) => judge(key, { tries, made: experiments.filter(({ name }) => name === key), calls }))
  const strangers = experiments.filter(({ name }) => name === null || !submits.has(name))
  return {
    counts: {
      /** Experiments that the service said yes to. */
      acknowledged: judged.filter(({ acknowledged }) => acknowledged).length,
      completed: judged.filter(({ completed }) => completed).length,
      /** Acknowledged, but not there, or neither completed nor canceled by a user. */
      lost: judged.filter(({ lost }) => lost).length,
      /** Experiments beyond one for each submit. */
      duplicated: judged.reduce((sum, { excess }) => sum + excess, strangers.length),
      /** Created by a call without an answer; its retry found them. */
      recovered: judged.filter(({ recovered }) => recovered).length,
    },
    violations: [
      ...judged.flatMap(({ violations }) => violations),
      ...strangers.map(({ id, name }) => `${id}: is there as ${name}, and was never submitted`),
    ],
  }
}

/** One submit: all tries with its key, and the experiments of that name. */
function judge(key: string, { tries, made, calls }: { tries: readonly Call[]; made: readonly Made[]; calls: readonly Call[] }) {
  const acknowledgedIds = [...new Set(tries.flatMap(({ id }) => id ?? []))]
  const [id] = acknowledgedIds
  const experiment = made.find((each) => each.id === id)
  const mayEnd = ({ state }: Made): boolean => state === 'completed' || (state === 'canceled' && wasAskedToCancel(calls, id))
  const lost = id !== undefined && !(experiment && mayEnd(experiment))
  const excess = Math.max(0, made.length - 1)
  return {
    acknowledged: id !== undefined,
    completed: experiment?.state === 'completed',
    ...{ lost, excess },
    recovered: made.length > 0 && tries.some(({ outcome }) => outcome === 'unknown'),
    violations: [
      ...(lost ? [`${key}: was acknowledged as ${id}, and is ${experiment?.state ?? 'not there'}`] : []),
      ...(excess > 0 ? [`${key}: was submitted once, and is there ${made.length} times`] : []),
      ...(acknowledgedIds.length > 1 ? [`${key}: was acknowledged as ${acknowledgedIds.join(' and ')}`] : []),
      ...(made.length > 0 && tries.every(({ outcome }) => outcome === 'refused') ? [`${key}: was refused, and is there`] : []),
    ],
  }
}

const wasAskedToCancel = (calls: readonly Call[], id: string | undefined): boolean =>
  calls.some(({ operation, subject, outcome }) => operation === 'cancel' && subject === id && outcome !== 'refused')
