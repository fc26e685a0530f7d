import { type DiskSpace, type Engine, ExpectedError, type FromTrainer, type ToTrainer } from '@trainyard/contracts'
import type { Runtime } from '@trainyard/tensorflow'
import { toExperimentError } from './failure.ts'
import type { MessageChannel } from './message-channel.ts'
import type { ResidentSplits } from './resident-splits.ts'
import { DrainedError } from './run-callbacks.ts'
import { runExperiment } from './run-experiment.ts'

/** A draining worker waits this long for the epoch's end; after it the last checkpoint must do. */
const EPOCH_GRACE_MS = 10_000

export interface WorkerSide {
  channel: MessageChannel
  tf: Runtime
  engine: Engine
  splits: ResidentSplits
  diskSpace: () => Promise<DiskSpace>
}

type RunCommand = Extract<ToTrainer, { type: 'run' }>

interface Run {
  id: string
  abort: AbortController
  leaveAfterEpoch: boolean
}

/** Answers a worker's messages: one run at a time, and every run ends with exactly one of completed, aborted or failed. */
export function serveWorker(deps: WorkerSide): (message: ToTrainer) => void {
  const { channel, tf, engine, splits, diskSpace } = deps
  let current: Run | null = null
  void channel.send({ type: 'ready', engine })

  const start = async (command: RunCommand): Promise<void> => {
    const run: Run = { id: command.runId, abort: new AbortController(), leaveAfterEpoch: false }
    current = run
    const outcome = await outcomeOf(command, run)
    // Before it is told: the worker may answer with the next run.
    current = null
    await channel.send(outcome)
  }

  const outcomeOf = async (command: RunCommand, run: Run): Promise<FromTrainer> => {
    const { runId } = command
    const send = (message: FromTrainer): Promise<void> => channel.send(message)
    try {
      const { signal } = run.abort
      await runExperiment(command, { tf, engine, splits, diskSpace, send, signal, leaveAfterEpoch: () => run.leaveAfterEpoch })
      return { type: 'completed', runId }
    } catch (error) {
      if (run.abort.signal.aborted || error instanceof DrainedError) return { type: 'aborted', runId }
      // An unforeseen failure's stack belongs into the worker's log of this process, not to a user.
      if (!(error instanceof ExpectedError)) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
      return { type: 'failed', runId, error: toExperimentError(error) }
    }
  }

  const abort = (run: Run, { keepCheckpoint }: { keepCheckpoint: boolean }): void => {
    if (!keepCheckpoint) return run.abort.abort()
    run.leaveAfterEpoch = true
    setTimeout(() => run.abort.abort(), EPOCH_GRACE_MS).unref()
  }

  return (message) => {
    switch (message.type) {
      case 'run':
        if (current) throw new Error('A trainer runs one experiment at a time')
        void start(message)
        return
      case 'abort':
        if (current?.id === message.runId) abort(current, message)
        return
      case 'ack':
        channel.acknowledge(message.count)
    }
  }
}
