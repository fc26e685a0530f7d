import type { Objective } from '@trainyard/contracts'

/** What of an epoch can be compared: all that a sweep can be after. */
export const MEASURES = ['loss', 'evalLoss', 'accuracy', 'evalAccuracy'] as const satisfies readonly Objective[]

/** What is compared, and how it is drawn; it stands in the address, so that a link shows the same. */
export interface CompareChoice {
  ids: readonly string[]
  measure: Objective
  /** What the curves are aligned by. */
  by: 'epoch' | 'time'
  log: boolean
  /** 0: as measured; towards 1: ever smoother. */
  smoothing: number
}

export const MAX_SMOOTHING = 0.95

export function readChoice(address: URLSearchParams): CompareChoice {
  const smoothing = Number(address.get('smoothing') ?? 0)
  return {
    ids: [...new Set((address.get('ids') ?? '').split(',').filter((id) => id !== ''))],
    measure: MEASURES.find((each) => each === address.get('measure')) ?? 'loss',
    by: address.get('by') === 'time' ? 'time' : 'epoch',
    log: address.get('log') === '1',
    smoothing: smoothing > 0 ? Math.min(smoothing, MAX_SMOOTHING) : 0,
  }
}

/** The query of the address; what is as it would be anyway stays out of it. */
export function writeChoice({ ids, measure, by, log, smoothing }: CompareChoice): URLSearchParams {
  return new URLSearchParams([
    ...(ids.length > 0 ? [['ids', ids.join(',')]] : []),
    ...(measure === 'loss' ? [] : [['measure', measure]]),
    ...(by === 'epoch' ? [] : [['by', by]]),
    ...(log ? [['log', '1']] : []),
    ...(smoothing === 0 ? [] : [['smoothing', String(smoothing)]]),
  ])
}
