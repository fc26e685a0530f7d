import { ALLOWED_TRANSITIONS } from '@trainyard/testing/experiments/allowed-transitions'
import type { Evidence } from './evidence.ts'
import type { Ended } from './final-state.ts'
import type { Operation } from './history.ts'
import { regression } from './regression.ts'

type Life = Ended['experiment']
type LifecycleCommand = Exclude<Operation, 'submit'>

/** The states that a command leads to. */
const STATES_AFTER: Record<LifecycleCommand, readonly string[]> = {
  cancel: ['canceling', 'canceled'],
  pause: ['pausing', 'paused'],
  resume: ['queued'],
}

/** States and attempts: only what may happen, one attempt at a time, all that was acknowledged, and nothing that was read taken back. */
export function lifecycleFaults({ history, ended, read, clockWasSet }: Omit<Evidence, 'references'>): string[] {
  const lives = ended.map(({ experiment }) => experiment)
  const last = new Map(lives.map((life) => [life.id, life]))
  const lastReads = read.flatMap((earlier) => {
    const later = last.get(earlier.id)
    return later ? (regression(earlier, later) ?? []) : [`${earlier.id}: was read, and is gone`]
  })
  return [
    ...lives.flatMap(transitionFaults),
    ...lives.flatMap(attemptFaults),
    ...(clockWasSet ? [] : lives.flatMap(overlaps)),
    ...lives.flatMap((life) => commandFaults(life, history.calls)),
    ...lastReads,
  ]
}

function transitionFaults({ id, state, transitions }: Life): string[] {
  const path = transitions.map((each) => each.state)
  const forbidden = path.slice(1).flatMap((to, i) => {
    const from = path[i] ?? 'queued'
    return ALLOWED_TRANSITIONS[from].includes(to) ? [] : [`${id}: went from ${from} to ${to}`]
  })
  return path.at(-1) === state ? forbidden : [...forbidden, `${id}: is ${state}, though its last transition was to ${path.at(-1)}`]
}

/** What has completed was completed by its last attempt and by no other. */
function attemptFaults({ id, state, attempts }: Life): string[] {
  const completed = attempts.filter(({ outcome }) => outcome === 'completed').length
  const open = attempts.filter(({ endedAt }) => endedAt === null)
  const isWhole = state !== 'completed' ? completed === 0 : completed === 1 && attempts.at(-1)?.outcome === 'completed'
  return [
    ...(isWhole ? [] : [`${id}: is ${state}, and its attempts ended as ${attempts.map(({ outcome }) => outcome).join(', ')}`]),
    ...open.map(({ number }) => `${id}: attempt ${number} has no end`),
  ]
}

function overlaps({ id, attempts }: Life): string[] {
  return attempts.flatMap(({ number, endedAt }, i) => {
    const next = attempts[i + 1]
    return next && endedAt !== null && next.startedAt < endedAt ? [`${id}: attempt ${next.number} began while ${number} went on`] : []
  })
}

/** At least as often as it was acknowledged. */
function commandFaults({ id, transitions }: Life, calls: Evidence['history']['calls']): string[] {
  return (['cancel', 'pause', 'resume'] as const).flatMap((command) => {
    const acknowledged = calls.filter(
      ({ operation, subject, outcome }) => operation === command && subject === id && outcome === 'ok',
    ).length
    const isRequested = (state: string | undefined): boolean => state !== undefined && STATES_AFTER[command].includes(state)
    const came = transitions.filter(({ state, reason }, i) =>
      command === 'resume' ? reason === 'resumed' : isRequested(state) && !isRequested(transitions[i - 1]?.state),
    ).length
    return came >= acknowledged ? [] : [`${id}: ${acknowledged} × ${command} acknowledged, and ${came} × done`]
  })
}
