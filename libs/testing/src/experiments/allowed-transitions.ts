import type { ExperimentState } from '@trainyard/contracts'

/** Where each state may lead. */
export const ALLOWED_TRANSITIONS: Record<ExperimentState, readonly ExperimentState[]> = {
  queued: ['running', 'paused', 'canceled'],
  running: ['queued', 'pausing', 'canceling', 'completed', 'failed'],
  pausing: ['paused', 'canceling', 'completed', 'failed'],
  paused: ['queued', 'canceled'],
  canceling: ['canceled', 'completed'],
  completed: [],
  failed: [],
  canceled: [],
}
