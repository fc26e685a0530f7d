import type { FromTrainer, Phase } from '@trainyard/contracts'

/** Every message about a run, without the run's id. */
type RunMessage = FromTrainer extends infer M ? (M extends { runId: string } ? Omit<M, 'runId'> : never) : never

/** Messages of a run to its worker. */
export interface RunReports {
  send(message: RunMessage): Promise<void>
  warn(message: string): void
  phase(at: { phase: Phase; fraction: number; epoch?: number; step?: number }): Promise<void>
}

export function createRunReports({ runId, send }: { runId: string; send: (message: FromTrainer) => Promise<void> }): RunReports {
  let lines = 0
  return {
    send: (message) => send({ ...message, runId }),
    warn: (message) => void send({ type: 'log', runId, number: (lines += 1), level: 'warn', message }),
    phase: ({ phase, fraction, epoch = 0, step = 0 }) => send({ type: 'phase', runId, phase, fraction, epoch, step }),
  }
}
