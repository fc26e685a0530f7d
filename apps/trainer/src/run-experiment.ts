import { readFile } from 'node:fs/promises'
import path from 'node:path'
import {
  type Engine,
  evaluatedSplit,
  type ExperimentConfig,
  type FromTrainer,
  stepsPerEpoch,
  toJsonNumber,
  type ToTrainer,
} from '@trainyard/contracts'
import type { Runtime } from '@trainyard/tensorflow'
import { decodeCheckpoint, type EpochResult, train, type TrainingState } from '@trainyard/training'
import { createBatchReporter } from './batch-reporter.ts'
import { createCheckpointSchedule } from './checkpoint-schedule.ts'
import { configHash } from './config-hash.ts'
import type { ResidentSplits } from './resident-splits.ts'
import { trainOptions } from './train-options.ts'
import { writeCheckpoint } from './write-checkpoint.ts'

type RunCommand = Extract<ToTrainer, { type: 'run' }>
/** Every message about a run, without the run's id. */
type RunMessage = FromTrainer extends infer M ? (M extends { runId: string } ? Omit<M, 'runId'> : never) : never

export interface RunDependencies {
  tf: Runtime
  engine: Engine
  splits: ResidentSplits
  send: (message: FromTrainer) => Promise<void>
  signal: AbortSignal
  /** True once the worker drains: the run ends after this epoch, with a checkpoint. */
  leaveAfterEpoch: () => boolean
}

/** Thrown at an epoch's end when the worker drains: the run stops there and goes on elsewhere. */
export class DrainedError extends Error {}

/** Carries out one experiment and tells all that happens; what it throws is the run's outcome. */
export async function runExperiment({ runId, config, checkpoints }: RunCommand, deps: RunDependencies): Promise<void> {
  const { engine, splits, signal } = deps
  const send = (message: RunMessage): Promise<void> => deps.send({ ...message, runId })
  const warn = (message: string): void => void send({ type: 'log', level: 'warn', message })
  const phase = (name: 'download' | 'decode' | 'train' | 'evaluate' | 'checkpoint', fraction: number, epoch = 0, step = 0) =>
    send({ type: 'phase', phase: name, fraction, epoch, step })

  const loaded = await splits.load(config, {
    onProgress: (progress) => void phase(progress.phase, progress.fraction),
    onWarning: warn,
    signal,
  })
  const start =
    checkpoints.resume === null ? null : await readCheckpoint(path.join(checkpoints.folder, checkpoints.resume), { config, warn })
  await send({ type: 'started', engine, datasetHash: loaded.train.sha256, resumedFromEpoch: start?.epoch ?? 0, holds: splits.held() })

  const schedule = createCheckpointSchedule({
    everySeconds: config.checkpointEverySeconds,
    nowMs: () => performance.now(),
    write: async (state) => {
      const failed = (error: unknown): void =>
        warn(`The checkpoint of epoch ${state.epoch} could not be written: ${error instanceof Error ? error.message : String(error)}`)
      try {
        const { recorded } = await writeCheckpoint(state, { folder: checkpoints.folder, runId, configHash: configHash(config) })
        return { recorded: recorded.then((checkpoint) => send({ type: 'checkpoint', checkpoint })).catch(failed) }
      } catch (error) {
        failed(error) // without a checkpoint training goes on
        return { recorded: Promise.resolve() }
      }
    },
  })
  const steps = stepsPerEpoch(loaded.train.images.count, config.batchSize)
  const reporter = createBatchReporter(
    async ({ epoch, firstStep, losses }) => {
      await send({ type: 'batches', epoch, firstStep, losses })
      const step = firstStep + losses.length - 1
      await phase('train', step / steps, epoch, step)
    },
    () => performance.now(),
  )

  try {
    await train(deps.tf, {
      ...trainOptions(config, loaded),
      ...(start && { start }),
      signal,
      callbacks: [
        {
          onBatchEnd: (batch) => reporter.add(batch),
          onEvaluateBegin: async ({ epoch }) => {
            await reporter.flush()
            await phase('evaluate', 0, epoch, steps)
          },
          onEpochEnd: async (result, state) => {
            await reporter.flush()
            await send({ type: 'epoch', result: toEpochMessage(result, config) })
            const last = result.epoch === config.epochs
            const leave = deps.leaveAfterEpoch() && !last
            if (!last) await schedule.atEpochEnd(state, { now: leave })
            if (leave) throw new DrainedError('The worker drains')
          },
        },
      ],
    })
  } finally {
    await schedule.settle()
  }
}

function toEpochMessage(result: EpochResult, config: ExperimentConfig) {
  const orNull = (value: number | null) => (value === null ? null : toJsonNumber(value))
  return {
    epoch: result.epoch,
    loss: toJsonNumber(result.loss),
    accuracy: toJsonNumber(result.accuracy),
    seconds: result.seconds,
    evalSplit: evaluatedSplit(config),
    evalLoss: orNull(result.evalLoss),
    evalAccuracy: orNull(result.evalAccuracy),
    evalTop5Accuracy: orNull(result.evalTop5Accuracy),
  }
}

/** A checkpoint that cannot be read costs time, not the experiment: training begins anew, to the same bits. */
async function readCheckpoint(
  file: string,
  { config, warn }: { config: ExperimentConfig; warn: (message: string) => void },
): Promise<TrainingState | null> {
  try {
    return decodeCheckpoint(await readFile(file), { configHash: configHash(config) })
  } catch (error) {
    warn(
      `The checkpoint ${path.basename(file)} cannot be used (${error instanceof Error ? error.message : String(error)}); starting from epoch 1`,
    )
    return null
  }
}
