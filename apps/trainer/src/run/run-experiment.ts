import { type Engine, type FromTrainer, stepsPerEpoch, type ToTrainer } from '@trainyard/contracts'
import type { DiskSpace } from '@trainyard/planning'
import type { Runtime } from '@trainyard/tensorflow'
import { type ModelState, type SavedModel, materializeModel, train } from '@trainyard/training'
import type { DeviceKernel } from '../splits/device-kernel.ts'
import type { DeviceSplits } from '../splits/device-cache.ts'
import { runCallbacks } from './run-callbacks.ts'
import { runCheckpointSchedule } from './run-checkpoints.ts'
import { keepRunModel } from './run-model.ts'
import { createRunReports } from './run-reports.ts'
import { readRunOrigin } from './run-start.ts'
import { trainOptions } from './train-options.ts'

export interface RunDependencies {
  tf: Runtime
  engine: Engine
  splits: DeviceSplits
  kernels: DeviceKernel
  /** The space on the disk that holds the data directory. */
  diskSpace: () => Promise<DiskSpace>
  send: (message: FromTrainer) => Promise<void>
  signal: AbortSignal
  /** A step has been taken. */
  onStep: () => void
  /** True once the worker drains: the run ends after this epoch, with a checkpoint. */
  leaveAfterEpoch: () => boolean
}

/** Carries out one experiment and reports all that happens; what it throws is the run's outcome. */
export async function runExperiment(command: Extract<ToTrainer, { type: 'run' }>, deps: RunDependencies): Promise<void> {
  const { tf, engine, splits, kernels, diskSpace, signal, onStep, leaveAfterEpoch } = deps
  const { runId, config } = command
  const reports = createRunReports({ runId, send: deps.send })
  const loaded = await splits.load(config, {
    onProgress: (progress) => void reports.phase(progress),
    onWarning: (message) => reports.warn(message),
    signal,
  })
  const { images, sha256: datasetHash } = loaded.train
  const origin = await readRunOrigin(command, { reports, imagesHash: datasetHash })
  await reports.send({
    type: 'started',
    engine,
    datasetHash,
    resumedFromEpoch: origin?.state.epoch ?? 0,
    cachedSplits: splits.cachedSplits(),
  })

  const kernel =
    config.firstLayer === 'dual'
      ? await kernels.load(loaded, {
          onProgress: ({ fraction }) => reports.phase({ phase: 'prepare', fraction: fraction / 2 }),
          onWarning: (message) => reports.warn(message),
          signal,
        })
      : null

  const materialize = (saved: SavedModel, onProgress: (fraction: number) => Promise<void>): Promise<ModelState> =>
    materializeModel(tf, saved, { images, onProgress, signal })
  const model = keepRunModel(command, {
    reports,
    best: origin?.best ?? null,
    materialize,
    stepsPerEpoch: stepsPerEpoch(images.count, config.batchSize),
  })
  const checkpoints = runCheckpointSchedule(command, { reports, diskSpace, best: model.best, imagesHash: datasetHash })
  const callbacks = [{ onSteps: onStep }, runCallbacks({ config, images: images.count, reports, checkpoints, model, leaveAfterEpoch })]
  try {
    await train(tf, { ...trainOptions(config, loaded, kernel), ...(origin && { start: origin.state }), signal, callbacks })
  } finally {
    await checkpoints.settle()
    model.dispose()
  }
}
