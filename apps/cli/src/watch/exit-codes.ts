import type { Experiment } from '@trainyard/contracts'

export const FAILED_EXIT_CODE = 6
export const CANCELED_EXIT_CODE = 4
export const INTERRUPTED_EXIT_CODE = 130

export function exitCodeOf({ state }: Experiment): number {
  if (state === 'completed') return 0
  return state === 'canceled' ? CANCELED_EXIT_CODE : FAILED_EXIT_CODE
}
